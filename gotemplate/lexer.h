#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"

namespace hakem::gotemplate {

/// A place in a template, counted from 1, columns in bytes.
struct Position {
  int line = 1;
  int column = 1;
};

/// A text or an action of a template.
struct Piece {
  enum class Kind {
    kText,    ///< Copied to the output.
    kAction,  ///< The content of `{{ … }}` without surrounding white space.
  };
  Kind kind;
  std::string_view text;  ///< A view of the source.
  Position position;      ///< For an action, that of its `{{`.
};

/// Splits a template into texts and actions. `{{-` and `-}}` remove white space from the adjacent
/// text, as in Go's text/template. Empty texts are left out.
/// Errors: kInvalidInput: `line:column: "{{" without "}}"`.
Result<std::vector<Piece>> Split(std::string_view source);

}  // namespace hakem::gotemplate

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

/// A stretch of a template.
struct Piece {
  enum class Kind {
    kText,    ///< Printed as it is.
    kAction,  ///< What stands between `{{` and `}}`, without white space around it.
  };
  Kind kind;
  std::string_view text;  ///< Part of the source.
  Position position;      ///< Of an action: of its `{{`.
};

/// Splits a template into text and actions. White space around `{{-` and `-}}` is dropped from the
/// text beside them, as Go's text/template does; text that is empty then is left out.
/// Errors: kInvalidInput: `line:column: "{{" without "}}"`.
Result<std::vector<Piece>> Split(std::string_view source);

}  // namespace hakem::gotemplate

#pragma once

#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gotemplate/value.h"
#include "model/result.h"

namespace hakem::gotemplate {

/// A text with actions in Go's text/template notation: parsed once, expanded often. Immutable,
/// cheap to expand, thread-safe.
///
/// Actions understood: `{{ $number }}` and `{{ $labels.name }}`, with trim markers.
class Template {
 public:
  /// `variables` are those that an expansion will give values to.
  /// Errors: kInvalidInput, `line:column: …`: an action of any other form, a variable that is not
  /// declared, a number asked for a field.
  static Result<Template> Parse(std::string_view source, std::span<const Declaration> variables);

  /// The text with its actions replaced. A label that is missing expands to nothing.
  /// Requires: one value for each variable of Parse, in its order and of its type.
  std::string Expand(std::span<const Value> values) const;

  /// What was parsed.
  const std::string& source() const { return source_; }

 private:
  /// Prints a variable, or one field of it.
  struct Print {
    std::size_t variable;  ///< Index into the declarations.
    std::string field;     ///< Empty for a number.
  };

  using Step = std::variant<std::string, Print>;

  static Result<Print> ParseAction(std::string_view action, std::span<const Declaration> variables);

  std::string source_;
  std::vector<Step> steps_;
};

}  // namespace hakem::gotemplate

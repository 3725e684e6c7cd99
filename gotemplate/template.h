#pragma once

#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gotemplate/value.h"
#include "model/result.h"

namespace hakem::gotemplate {

/// A text with actions in the notation of Go's text/template. Parsed once, expanded often.
/// Immutable, thread-safe.
///
/// Supported actions: `{{ $number }}` and `{{ $labels.name }}`, with trim markers.
class Template {
 public:
  /// `variables`: the variables that the template may use.
  /// Errors: kInvalidInput, `line:column: …`: an unsupported action, a variable that is not
  /// declared, or a field of a number.
  static Result<Template> Parse(std::string_view source, std::span<const Declaration> variables);

  /// Returns the text with its actions expanded. A missing label expands to nothing.
  /// Requires: one value for each variable given to Parse, in the same order and of its type.
  std::string Expand(std::span<const Value> values) const;

  /// The text that was parsed.
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

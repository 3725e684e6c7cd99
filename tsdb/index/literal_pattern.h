#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hakem::tsdb {

/// One alternative of a regular expression, as far as it is a literal. `api_(get|put)|static.*` has
/// the alternatives `api_get`, `api_put` and everything that begins with `static`.
struct LiteralAlternative {
  enum class Rest {
    kNothing,    ///< Matches exactly the literal.
    kAnything,   ///< Matches every text that begins with the literal.
    kSomething,  ///< Matches every longer text that begins with the literal.
    kUnknown,    ///< Matches some texts that begin with the literal; the expression must be run.
  };

  std::string literal;
  Rest rest = Rest::kNothing;

  bool operator==(const LiteralAlternative&) const = default;
};

/// Returns alternatives that cover every text that an anchored regular expression matches; `{"",
/// kUnknown}` when nothing is known. Requires: the pattern compiles in RE2's syntax.
std::vector<LiteralAlternative> LiteralAlternatives(std::string_view pattern);

}  // namespace hakem::tsdb

#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hakem::tsdb {

/// What a regular expression says of the texts that it matches, as far as that can be told without
/// an engine. It is one of some alternatives: `api_(get|put)|static.*` is `api_get`, `api_put` or
/// what begins with `static`.
struct LiteralAlternative {
  enum class Rest {
    kNothing,    ///< The text is the literal.
    kAnything,   ///< It begins with the literal.
    kSomething,  ///< It begins with the literal and is longer.
    kUnknown,    ///< It begins with the literal; whether it matches must be tried.
  };

  std::string literal;
  Rest rest = Rest::kNothing;

  bool operator==(const LiteralAlternative&) const = default;
};

/// The alternatives of an anchored regular expression in RE2's syntax that compiles; `{"",
/// kUnknown}` where nothing can be told. Every text that matches is among them.
std::vector<LiteralAlternative> LiteralAlternatives(std::string_view pattern);

}  // namespace hakem::tsdb

#pragma once

#include <map>
#include <string>
#include <string_view>

#include "gotemplate/limits/budget.h"
#include "model/regex_search.h"
#include "model/result.h"

namespace hakem::gotemplate {

/// The regular expressions of an expansion, so that a loop compiles each only once.
class RegexCache {
 public:
  /// Returns the compiled expression. Compiling spends kStepsPerRegex of the budget, and more if
  /// the expression is large. Errors: kInvalidInput: it is invalid, or longer than kMaxRegexBytes.
  Result<RegexSearch> Compile(std::string_view pattern, Budget& budget);

 private:
  std::map<std::string, RegexSearch, std::less<>> compiled_;
};

}  // namespace hakem::gotemplate

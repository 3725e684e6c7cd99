#include "gotemplate/values/regex_cache.h"

#include <fmt/format.h>

namespace hakem::gotemplate {

Result<RegexSearch> RegexCache::Compile(std::string_view pattern, Budget& budget) {
  constexpr std::size_t kMostKept = 16;  // At 1 MiB each.
  if (const auto known = compiled_.find(pattern); known != compiled_.end()) {
    return known->second;
  }
  if (pattern.size() > kMaxRegexBytes) {
    return Fail(ErrorCode::kInvalidInput,
                fmt::format("the regular expression has {} bytes, more than {}", pattern.size(),
                            kMaxRegexBytes));
  }
  budget.Spend(kStepsPerRegex);
  Result<RegexSearch> search = RegexSearch::Compile(pattern);
  if (search) {
    budget.Spend(search->match_steps() / kRegexStepsPerStep);
  }
  if (search && compiled_.size() < kMostKept) {
    compiled_.emplace(pattern, *search);
  }
  return search;
}

}  // namespace hakem::gotemplate

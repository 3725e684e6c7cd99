#include "tsdb/index/literal_pattern.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "model/regex.h"
#include "tests/support/matchers.h"

namespace hakem::tsdb {
namespace {

using Rest = LiteralAlternative::Rest;

struct Case {
  std::string_view pattern;
  std::vector<LiteralAlternative> alternatives;
};

class LiteralPattern : public testing::TestWithParam<Case> {};

TEST_P(LiteralPattern, IsParsedAsFarAsItIsLiteral) {
  ASSERT_THAT(Regex::Compile(GetParam().pattern), IsOk());
  EXPECT_EQ(LiteralAlternatives(GetParam().pattern), GetParam().alternatives);
}

void PrintTo(const Case& one, std::ostream* out) {
  *out << one.pattern;
}

INSTANTIATE_TEST_SUITE_P(
    Patterns, LiteralPattern,
    testing::Values(Case{"", {{"", Rest::kNothing}}}, Case{"abc", {{"abc", Rest::kNothing}}},
                    Case{"a|bc|",
                         {{"a", Rest::kNothing}, {"bc", Rest::kNothing}, {"", Rest::kNothing}}},
                    Case{"(a|b)", {{"a", Rest::kNothing}, {"b", Rest::kNothing}}},
                    Case{"x(?:a|b)y", {{"xay", Rest::kNothing}, {"xby", Rest::kNothing}}},
                    Case{"pg_.*", {{"pg_", Rest::kAnything}}},
                    Case{"pg_.+|up", {{"pg_", Rest::kSomething}, {"up", Rest::kNothing}}},
                    Case{"a(b.*|c)", {{"ab", Rest::kAnything}, {"ac", Rest::kNothing}}},
                    Case{".*", {{"", Rest::kAnything}}}, Case{".*x", {{"", Rest::kUnknown}}},
                    Case{"ab*", {{"a", Rest::kUnknown}}}, Case{"aé?", {{"a", Rest::kUnknown}}},
                    Case{"x(a|b)*", {{"x", Rest::kUnknown}}},
                    Case{"10\\.0\\.0\\.1:\\d+", {{"10.0.0.1:", Rest::kUnknown}}},
                    Case{"a[0-9|)]|b", {{"a", Rest::kUnknown}, {"b", Rest::kNothing}}},
                    Case{"a[^]|[:alpha:]]b|c", {{"a", Rest::kUnknown}, {"c", Rest::kNothing}}},
                    Case{"a\\)x|b", {{"a)x", Rest::kNothing}, {"b", Rest::kNothing}}},
                    Case{"(?i)abc", {{"", Rest::kUnknown}}},
                    Case{"a(?P<n>b)", {{"", Rest::kUnknown}}},
                    Case{"a\\Q|\\E", {{"", Rest::kUnknown}}}));

/// Whether the text matches according to the alternatives; nothing when they do not decide it.
std::optional<bool> Says(const std::vector<LiteralAlternative>& alternatives,
                         std::string_view text) {
  std::optional<bool> says = false;
  for (const LiteralAlternative& alternative : alternatives) {
    if (!text.starts_with(alternative.literal)) {
      continue;
    }
    if (alternative.rest == Rest::kAnything ||
        (alternative.rest == Rest::kNothing && text == alternative.literal) ||
        (alternative.rest == Rest::kSomething && text != alternative.literal)) {
      return true;
    }
    if (alternative.rest == Rest::kUnknown) {
      says = std::nullopt;
    }
  }
  return says;
}

/// Tries all short patterns over an alphabet of the relevant characters.
TEST(LiteralPattern, NeverContradictsTheRegexEngine) {
  const std::vector<std::string> pieces{"a", "b", "|", "(", ")", ".*", ".+", "?", "[ab]", "\\|"};
  const std::vector<std::string> texts{"", "a", "b", "aa", "ab", "ba", "bb", "a|b", "abab", "|"};
  int compiled = 0;
  for (std::size_t number = 0; number < 100'000; number += 7) {
    std::string pattern;
    for (std::size_t rest = number, i = 0; i < 5; ++i, rest /= pieces.size()) {
      pattern += pieces[rest % pieces.size()];
    }
    const auto regex = Regex::Compile(pattern);
    if (!regex) {
      continue;
    }
    ++compiled;
    const auto alternatives = LiteralAlternatives(pattern);
    for (const std::string& text : texts) {
      const std::optional<bool> says = Says(alternatives, text);
      ASSERT_TRUE(!says || *says == regex->Matches(text)) << pattern << " on " << text;
    }
  }
  EXPECT_GT(compiled, 2000);
}

}  // namespace
}  // namespace hakem::tsdb

#include "model/regex.h"

#include <gmock/gmock.h>

#include <vector>

#include "model/regex_search.h"
#include "tests/support/matchers.h"

namespace hakem {
namespace {

std::optional<std::string> Expand(std::string_view pattern, std::string_view text,
                                  std::string_view replacement) {
  return Regex::Compile(pattern)->Expand(text, replacement);
}

TEST(Regex, IsAnchoredAtBothEnds) {
  const Result<Regex> regex = Regex::Compile("a.c");
  ASSERT_THAT(regex, IsOk());
  EXPECT_TRUE(regex->Matches("a\nc"));
  EXPECT_FALSE(regex->Matches("abcd"));
}

TEST(Regex, ExpandsGroupsByNumberAndName) {
  EXPECT_EQ(Expand("(?P<host>.*):(\\d+)", "db:5432", "$2 of ${host}, $1"), "5432 of db, db");
}

TEST(Regex, ExpandsMissingGroupsToNothing) {
  EXPECT_EQ(Expand("(a)|(b)", "b", "<$1$2$7$unknown>"), "<b>");
}

TEST(Regex, TakesTheLongestWordAsAGroupsName) {
  EXPECT_EQ(Expand("(a)", "a", "$1x|${1}x"), "|ax");
}

TEST(Regex, KeepsDollarSignsWithoutAName) {
  EXPECT_EQ(Expand("a", "a", "$$ $ ${ $"), "$ $ ${ $");
}

TEST(Regex, ReturnsNoExpansionWithoutAMatch) {
  EXPECT_EQ(Expand("a", "b", "c"), std::nullopt);
}

std::string Replaced(std::string_view pattern, std::string_view text,
                     std::string_view replacement) {
  const auto replaced =
      RegexSearch::Compile(pattern)->ReplaceAll(text, replacement, {.bytes = 1000, .work = 10'000});
  return replaced ? replaced->text : replaced.error().message;
}

TEST(RegexSearch, MatchesAnywhereInALine) {
  const Result<RegexSearch> search = RegexSearch::Compile("b.c");
  ASSERT_THAT(search, IsOk());
  EXPECT_TRUE(search->Matches("aabxcc"));
  EXPECT_FALSE(search->Matches("b\nc"));
}

TEST(RegexSearch, ReplacesAllMatches) {
  EXPECT_EQ(Replaced("a", "banana", "<$0>"), "b<a>n<a>n<a>");
  EXPECT_EQ(Replaced("(\\w+):(\\w+)", "a:b c:d", "$2-$1"), "b-a d-c");
  EXPECT_EQ(Replaced("x", "abc", "y"), "abc");
}

TEST(RegexSearch, ReplacesEmptyMatchesBetweenCharactersButNotBehindAMatch) {
  EXPECT_EQ(Replaced("", "äb", "-"), "-ä-b-");
  EXPECT_EQ(Replaced("a*", "baac", "x"), "xbxcx");
  EXPECT_EQ(Replaced("^|$", "ab", "|"), "|ab|");
}

TEST(RegexSearch, LimitsWhatAReplacementCosts) {
  const std::string refused = "the replacement takes too long or is too large";
  EXPECT_EQ(Replaced("a", std::string(100, 'a'), "0123456789").size(), 1000U);
  EXPECT_EQ(Replaced("a", std::string(101, 'a'), "0123456789"), refused);
  EXPECT_EQ(Replaced("a", std::string(200, 'a'), ""), refused);
  EXPECT_EQ(Replaced("a", "a", "${0}" + std::string(1000, 'b')), refused);
}

TEST(RegexSearch, ReturnsWhatAReplacementCost) {
  const auto replaced =
      RegexSearch::Compile("b")->ReplaceAll("abab", "", {.bytes = 1000, .work = 10'000});
  ASSERT_THAT(replaced, IsOk());
  EXPECT_EQ(replaced->work, 5U + 3U + 1U);
}

TEST(RegexSearch, AnnouncesWhatASearchMayReadBeforeItSearches) {
  struct Stop {};

  std::vector<std::size_t> announced;
  const auto note = [&](std::size_t bytes) {
    announced.push_back(bytes);
    if (announced.size() > 3) {
      throw Stop();
    }
  };
  const RegexSearch::Limits limits{.bytes = 1000, .work = 10'000, .before_search = note};
  ASSERT_THAT(RegexSearch::Compile("b")->ReplaceAll("abab", "xy", limits), IsOk());
  EXPECT_THAT(announced, testing::ElementsAre(7, 5, 3));
  EXPECT_THROW(RegexSearch::Compile("b")->ReplaceAll("abab", "xy", limits), Stop);
}

TEST(RegexSearch, CostsMoreWhenItIsLargerOrHasManyGroups) {
  const auto small = RegexSearch::Compile("ab");
  const auto large = RegexSearch::Compile("a[ab]{900}");
  std::string groups;
  for (int i = 0; i < 80; ++i) {
    groups += "(a)";
  }
  const auto grouped = RegexSearch::Compile(groups);
  EXPECT_LT(small->match_steps(), 20U);
  EXPECT_EQ(small->replacement_steps(), small->match_steps());
  EXPECT_GT(large->match_steps(), 900U);
  EXPECT_GT(grouped->replacement_steps(), 10 * grouped->match_steps());
}

TEST(RegexSearch, RefusesAnExpressionThatIsTooLargeWhenItIsCompiled) {
  EXPECT_THAT(RegexSearch::Compile("((a{100}){100}){100}"), HasCode(ErrorCode::kInvalidInput));
  EXPECT_THAT(RegexSearch::Compile("[a-z]{1000}|[b-y]{1000}.{1000}\\pL{1000}"),
              HasCode(ErrorCode::kInvalidInput));
}

TEST(RegexSearch, ReportsAnErrorOfThePatternAsGoDoes) {
  EXPECT_THAT(RegexSearch::Compile("["),
              HasMessage("error parsing regexp: missing closing ]: `[`"));
}

}  // namespace
}  // namespace hakem

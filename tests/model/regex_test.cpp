#include "model/regex.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace hakem

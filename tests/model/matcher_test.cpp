#include "model/matcher.h"

#include <gtest/gtest.h>

#include "tests/support/matchers.h"

namespace hakem {
namespace {

TEST(Matcher, ComparesOrMatchesTheWholeValue) {
  EXPECT_TRUE(Matcher::Make("a", MatchOp::kEqual, "x")->Matches("x"));
  EXPECT_FALSE(Matcher::Make("a", MatchOp::kNotEqual, "x")->Matches("x"));
  EXPECT_TRUE(Matcher::Make("a", MatchOp::kRegex, "x|y")->Matches("y"));
  EXPECT_FALSE(Matcher::Make("a", MatchOp::kRegex, "x")->Matches("xx"));
  EXPECT_TRUE(Matcher::Make("a", MatchOp::kNotRegex, "x.*")->Matches("y"));
  EXPECT_TRUE(Matcher::Make("a", MatchOp::kRegex, "x.y")->Matches("x\ny"));
}

TEST(Matcher, TreatsAMissingLabelAsEmpty) {
  const Labels labels{{"b", "1"}};
  EXPECT_TRUE(Matcher::Make("a", MatchOp::kEqual, "")->Matches(labels));
  EXPECT_TRUE(Matcher::Make("a", MatchOp::kRegex, "x?")->Matches(labels));
  EXPECT_FALSE(Matcher::Make("a", MatchOp::kRegex, "x+")->Matches(labels));
}

TEST(Matcher, ReportsWhyARegularExpressionIsInvalid) {
  EXPECT_THAT(Matcher::Make("a", MatchOp::kRegex, "x("),
              HasMessage("error parsing regexp: missing closing ): `x(`"));
}

}  // namespace
}  // namespace hakem

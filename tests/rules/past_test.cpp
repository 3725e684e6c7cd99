#include "rules/past.h"

#include <gtest/gtest.h>

#include "promql/parsing/parser.h"

namespace hakem::rules {
namespace {

/// `1:5 a range selector`, or "" when the expression needs the present alone.
std::string PastOf(std::string_view query) {
  const auto expr = promql::Parse(query);
  if (!expr) {
    return expr.error().message;
  }
  const auto past = FindPast(**expr);
  return past ? std::to_string(past->position.line) + ":" + std::to_string(past->position.column) +
                    " " + std::string(past->what)
              : "";
}

TEST(FindPast, LetsThePresentThrough) {
  EXPECT_EQ(PastOf("sum by (a) (x) > on (b) group_left () y unless absent(-z)"), "");
}

TEST(FindPast, NamesTheFirstPartThatLooksBack) {
  EXPECT_EQ(PastOf("a > 1 and rate(b[5m]) > 0"), "1:16 a range selector");
  EXPECT_EQ(PastOf("a\n  or b offset 5m"), "2:6 offset");
  EXPECT_EQ(PastOf("topk(2, a @ 100)"), "1:9 @");
  EXPECT_EQ(PastOf("max_over_time(a[1h:5m])"), "1:15 a subquery");
}

}  // namespace
}  // namespace hakem::rules

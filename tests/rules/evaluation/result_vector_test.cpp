#include "rules/evaluation/result_vector.h"

#include <gmock/gmock.h>

#include "promql/parsing/parser.h"
#include "tests/support/matchers.h"
#include "tsdb/store/store.h"

namespace hakem::rules {
namespace {

constexpr Timestamp kStart{std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)};

Result<promql::Vector> Evaluate(std::string_view query) {
  const auto expr = promql::Parse(query);
  EXPECT_THAT(expr, IsOk());
  return ResultVector(promql::EvaluateInstant(**expr, tsdb::Store(), kStart));
}

TEST(ResultVector, MakesAScalarAnElementWithoutLabels) {
  const auto vector = Evaluate("7");
  ASSERT_THAT(vector, IsOk());
  ASSERT_EQ(vector->size(), 1U);
  EXPECT_TRUE(vector->front().labels.empty());
  EXPECT_EQ(vector->front().value, 7);
}

TEST(ResultVector, KeepsTheLabelsOfAVector) {
  const auto vector = Evaluate("label_replace(vector(7), 'a', 'b', '', '')");
  ASSERT_THAT(vector, IsOk());
  ASSERT_EQ(vector->size(), 1U);
  EXPECT_EQ(vector->front().labels, (Labels{{"a", "b"}}));
}

TEST(ResultVector, RefusesTextsAndPassesErrorsOn) {
  EXPECT_THAT(Evaluate("'text'"), HasMessage("rule result is not a vector or scalar"));
  EXPECT_THAT(ResultVector(Fail(ErrorCode::kTimeout, "too slow")), HasCode(ErrorCode::kTimeout));
}

}  // namespace
}  // namespace hakem::rules

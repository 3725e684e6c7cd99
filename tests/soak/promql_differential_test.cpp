// Like the integration test, with other data and queries, and with the Prometheus 3.5 in the folder
// $HAKEM_ORACLE_TREE, which has usr/bin/prometheus and usr/bin/promtool (from Debian 13 or later).

#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/differential/language_changes.h"
#include "tests/support/matchers.h"

namespace hakem::differential {
namespace {

class Seed : public testing::TestWithParam<std::uint64_t> {};

constexpr const char* kNoTree = "HAKEM_ORACLE_TREE names no folder with Prometheus 3.5";

TEST_P(Seed, AnswersLikePrometheus35) {
  const char* tree = std::getenv("HAKEM_ORACLE_TREE");
  if (tree == nullptr) {
    GTEST_SKIP() << kNoTree;
  }
  const auto result = RunDifferential({.tree = tree,
                                       .seed = GetParam(),
                                       .queries = 10'000,
                                       .changes = ChangesSince35(),
                                       .unused_functions = FunctionsNewerThan35()});
  ASSERT_THAT(result, IsOk());
  EXPECT_EQ(result->differences, std::vector<std::string>{});
  EXPECT_GT(result->compared, 9'500U);
  EXPECT_GT(result->with_value, 4'000U);
  EXPECT_GT(result->with_error, 1'000U);
}

TEST_P(Seed, AnswersLikePrometheus35WithItsFeatures) {
  const char* tree = std::getenv("HAKEM_ORACLE_TREE");
  if (tree == nullptr) {
    GTEST_SKIP() << kNoTree;
  }
  const auto result =
      RunDifferential({.tree = tree,
                       .seed = GetParam() + 100,
                       .queries = 5'000,
                       .changes = ChangesSince35(),
                       .unused_functions = FunctionsNewerThan35(),
                       .features = promql::Features()
                                       .With(promql::Feature::kExperimentalFunctions)
                                       .With(promql::Feature::kDurationExpressions)});
  ASSERT_THAT(result, IsOk());
  EXPECT_EQ(result->differences, std::vector<std::string>{});
  EXPECT_GT(result->compared, 4'500U);
  EXPECT_GT(result->with_value, 1'800U);
  EXPECT_GT(result->with_error, 500U);
}

INSTANTIATE_TEST_SUITE_P(Differential, Seed, testing::Range<std::uint64_t>(1, 6));

}  // namespace
}  // namespace hakem::differential

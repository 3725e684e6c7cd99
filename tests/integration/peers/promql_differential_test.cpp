// Runs thousands of generated queries on the same data in Debian 12's Prometheus and in Hakem.

#include <gtest/gtest.h>

#include "tests/differential/language_changes.h"
#include "tests/support/matchers.h"
#include "tests/support/programs/peers.h"

namespace hakem::differential {
namespace {

TEST(Differential, AnswersLikePrometheus242ExceptForLaterChanges) {
  const auto result = RunDifferential({.seed = 242,
                                       .queries = 4000,
                                       // No window may begin at a sample, because 3.0 excludes
                                       // the left end.
                                       .sample_shift = Duration{137},
                                       .changes = ChangesSince242(),
                                       .compares_annotations = false,  // It has none.
                                       .unused_functions = FunctionsNewerThan242()});
  ASSERT_THAT(result, IsOk());
  EXPECT_EQ(result->differences, std::vector<std::string>{});
  EXPECT_GT(result->compared, 3500U);
  EXPECT_GT(result->with_value, 1500U);
  EXPECT_GT(result->with_error, 500U);
}

}  // namespace
}  // namespace hakem::differential

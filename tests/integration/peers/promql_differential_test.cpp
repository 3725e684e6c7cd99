// The same data and thousands of generated queries put before Debian 12's Prometheus and Hakem's
// engine.

#include <gtest/gtest.h>

#include "tests/differential/language_changes.h"
#include "tests/support/matchers.h"
#include "tests/support/programs/peers.h"

namespace hakem::differential {
namespace {

TEST(Differential, AnswersAsPrometheus242ButForTheChangesSince) {
  const auto result = RunDifferential({.seed = 242,
                                       .queries = 4000,
                                       // So that no window, which has lost its left bound in 3.0,
                                       // begins at a sample.
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

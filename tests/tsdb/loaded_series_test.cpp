#include "tsdb/loaded_series.h"

#include <gmock/gmock.h>

#include <sstream>

#include "tests/support/matchers.h"

namespace hakem::tsdb {
namespace {

constexpr const char* kText =
    "b 1 10\na{x=\"2\"} 2 10\na{x=\"1\"} 3 10\na{x=\"1\"} 4 20\na{x=\"1\"} 5 30\n# EOF\n";

Timestamp At(int seconds) {
  return Timestamp(std::chrono::seconds(seconds));
}

TEST(LoadedSeries, SelectsByMatchersAndTimeSortedByLabels) {
  std::istringstream text(kText);
  const Result<LoadedSeries> loaded = LoadedSeries::Read(text, "x.om");
  ASSERT_THAT(loaded, IsOk());
  const Matcher is_a = *Matcher::Make("__name__", MatchOp::kEqual, "a");
  const auto all = loaded->Select({&is_a, 1}, At(0), At(100));
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].series->text, "a{x=\"1\"}");
  EXPECT_EQ(all[0].points.size(), 3U);
  const auto some = loaded->Select({&is_a, 1}, At(10), At(20));  // (10, 20]
  ASSERT_EQ(some.size(), 1U);
  ASSERT_EQ(some[0].points.size(), 1U);
  EXPECT_EQ(some[0].points[0].value, 4);
}

TEST(LoadedSeries, RefusesSamplesThatGoBackInTime) {
  std::istringstream text("a 1 10\na 2 10\n# EOF\n");
  EXPECT_THAT(LoadedSeries::Read(text, "x.om"),
              HasMessage("x.om:2: out of order: a has a sample at 1970-01-01T00:00:10Z or later "
                         "already"));
}

}  // namespace
}  // namespace hakem::tsdb

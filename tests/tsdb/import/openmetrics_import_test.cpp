#include "tsdb/import/openmetrics_import.h"

#include <gmock/gmock.h>

#include <sstream>

#include "tests/support/collection/page_text.h"
#include "tests/support/matchers.h"

namespace hakem::tsdb {
namespace {

constexpr const char* kText =
    "# TYPE b gauge\nb 1 10\na{x=\"2\"} 2 10\na{x=\"1\"} 3 10\na{x=\"1\"} 4 20\n# EOF\n";

Timestamp At(int seconds) {
  return Timestamp(std::chrono::seconds(seconds));
}

Result<Imported> Import(const std::string& text, Store& store) {
  std::istringstream stream(text);
  return ImportOpenMetrics(stream, "x.om", store);
}

TEST(OpenMetricsImport, ImportsSeriesOfAnyTimes) {
  Store store;
  const Result<Imported> imported = Import(kText, store);
  ASSERT_THAT(imported, IsOk());
  EXPECT_EQ(imported->samples, 4U);
  EXPECT_THAT(imported->descriptions,
              testing::ElementsAre(MetricDescription{"b", "gauge", "", ""}));
  const Matcher is_a = *Matcher::Make("__name__", MatchOp::kEqual, "a");
  const auto found = store.Select({&is_a, 1}, At(0), At(100));
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(PageText(found[0].series), "a{x=\"1\"}");
  ASSERT_EQ(found[0].points.size(), 2U);
  EXPECT_EQ(found[0].points[1].value, 4);
  EXPECT_EQ(found[0].points[1].time, At(20));
}

TEST(OpenMetricsImport, SkipsSamplesThatTheStoreAlreadyHas) {
  Store store;
  ASSERT_THAT(Import(kText, store), IsOk());
  EXPECT_EQ(Import(kText, store)->samples, 0U);
  EXPECT_EQ(Import("a{x=\"1\"} 4 20\na{x=\"1\"} 5 30\n# EOF\n", store)->samples, 1U);
  EXPECT_EQ(store.Stats().samples_total, 5U);
}

TEST(OpenMetricsImport, DropsRepeatedAndLateSamplesAsPromtoolDoes) {
  Store store;
  const auto imported =
      Import("a 1 10\nb 1 10\na 2 10\na 3 20\na 4 15\na 5 30\na 5 30\n# EOF\n", store);
  ASSERT_THAT(imported, IsOk());
  EXPECT_EQ(imported->samples, 4U);
  EXPECT_EQ(imported->dropped, 3U);
  const Matcher is_a = *Matcher::Make("__name__", MatchOp::kEqual, "a");
  const auto found = store.Select({&is_a, 1}, At(0), At(100));
  ASSERT_EQ(found.size(), 1U);
  ASSERT_EQ(found[0].points.size(), 3U);
  EXPECT_EQ(found[0].points[0].value, 1) << "the first one of a time counts";
  EXPECT_EQ(found[0].points[1].value, 3);
}

TEST(OpenMetricsImport, RejectsLateSamplesThatPromtoolRejects) {
  Store store;
  EXPECT_THAT(Import("a 1 8000\na 2 10\n# EOF\n", store),
              HasMessage("x.om:2: out of order: a has a sample at 1970-01-01T02:13:20Z already, "
                         "long after 1970-01-01T00:00:10Z"));
}

}  // namespace
}  // namespace hakem::tsdb

// Tests of the test runner itself: what it accepts, and that wrong results fail.

#include <gtest/gtest.h>

#include <string>

#include "tests/promqltest/runner.h"
#include "tests/promqltest/series_text.h"
#include "tests/support/matchers.h"

namespace hakem::promqltest {
namespace {

std::string Values(std::string_view line) {
  std::string values;
  const Result<SeriesText> series = ParseSeries(line);
  for (const SeriesItem& item : series->items) {
    values += item.is_histogram ? "h " : item.value ? std::to_string(*item.value) + " " : "_ ";
  }
  return values;
}

/// Returns a script's reports as lines of `line verdict: why`.
std::string Reports(std::string_view script) {
  std::string reports;
  const auto tally =
      RunScript(script, [&](int line, std::string_view verdict, std::string_view why) {
        reports +=
            std::to_string(line) + " " + std::string(verdict) + ": " + std::string(why) + "\n";
      });
  return tally ? reports : tally.error().message;
}

TEST(SeriesText, RepeatsAndAdds) {
  EXPECT_EQ(Values("x 1x2 0+2x2 5-1x1"),
            "1.000000 1.000000 1.000000 0.000000 2.000000 4.000000 5.000000 4.000000 ");
  EXPECT_EQ(Values("x _ 1 _x2"), "_ 1.000000 _ _ ");
  EXPECT_EQ(Values("x {{sum:1 count:2}}x1 3"), "h h 3.000000 ");
}

TEST(SeriesText, ReadsQuotedNamesAndBracesWithinValues) {
  EXPECT_EQ(ParseSeries(R"({"my.metric", a="}\"{"} 1)")->labels,
            (Labels{{"__name__", "my.metric"}, {"a", "}\"{"}}));
}

TEST(SeriesText, RejectsInvalidValues) {
  EXPECT_THAT(ParseSeries("x 1 two"), HasMessage("series \"x 1 two\": \"two\" is no value"));
}

TEST(Runner, ReportsAWrongValueWithItsLine) {
  EXPECT_EQ(Reports("load 1m\n x 1\n\neval instant at 0 x\n x 2\n"),
            "4 failed: x: {__name__=\"x\"}: expected 2, got 1\n");
}

TEST(Runner, ReportsAMissingError) {
  EXPECT_EQ(Reports("eval instant at 0 1\n expect fail\n"), "1 failed: 1: expected an error\n");
}

TEST(Runner, EnablesExperimentalFeatures) {
  EXPECT_EQ(Reports("eval instant at 0 step()\n 0\n"), "");
}

TEST(Runner, SkipsCasesThatExpectANativeHistogram) {
  EXPECT_EQ(Reports("load 1m\n x {{sum:1}}\n\neval instant at 0 x\n x {{sum:1}}\n"),
            "4 skipped: expects a native histogram\n");
}

TEST(Runner, RejectsAnUnknownCommand) {
  EXPECT_EQ(Reports("load 1m\n\nevil\n"), "line 3: unknown command \"evil\"");
}

}  // namespace
}  // namespace hakem::promqltest

#include "tsdb/import/openmetrics_reader.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <sstream>

#include "tests/support/matchers.h"

namespace hakem::tsdb {
namespace {

using testing::ElementsAre;

/// Formats what was read, one line for each sample: `up{job="a"} 1 @1500`.
struct Read {
  Result<std::vector<MetricDescription>> families;
  std::vector<std::string> samples;
};

Read ReadText(const std::string& text) {
  Read read;
  std::istringstream stream(text);
  read.families = ReadOpenMetrics(
      stream, "x.om", [&](const SeriesRef& series, Timestamp time, double value) -> Result<void> {
        read.samples.push_back(fmt::format("{} {} @{}", FormatSeries(series->labels), value,
                                           time.time_since_epoch().count()));
        return {};
      });
  return read;
}

std::string ErrorOf(const std::string& line) {
  const Read read = ReadText(line + "\n# EOF\n");
  return read.families ? "" : read.families.error().message;
}

TEST(OpenMetricsReader, ReadsFamiliesAndSamplesWithTheirTimes) {
  const Read read = ReadText(
      "# HELP http_requests Requests \\\"served\\\".\\nTwo lines.\n"
      "# TYPE http_requests counter\n"
      "http_requests_total{code=\"200\"} 5 1.5\n"
      "http_requests_total{code=\"200\"} 6 2.5 # {trace_id=\"a b}\"} 1 2.4\n"
      "# TYPE temperature_celsius gauge\n"
      "# UNIT temperature_celsius celsius\n"
      "temperature_celsius -0.5 1764000000.123\n"
      "# EOF\n");
  EXPECT_THAT(
      read.families,
      IsOkAndHolds(ElementsAre(
          MetricDescription{"http_requests", "counter", "Requests \"served\".\nTwo lines.", ""},
          MetricDescription{"temperature_celsius", "gauge", "", "celsius"})));
  EXPECT_THAT(read.samples, ElementsAre("http_requests_total{code=\"200\"} 5 @1500",
                                        "http_requests_total{code=\"200\"} 6 @2500",
                                        "temperature_celsius -0.5 @1764000000123"));
}

TEST(OpenMetricsReader, ReturnsEqualSeriesAsTheSameObject) {
  std::vector<SeriesRef> series;
  std::istringstream text("a{x=\"1\"} 1 1\na{x=\"2\"} 1 1\na{x=\"1\"} 1 2\n# EOF\n");
  ASSERT_THAT(ReadOpenMetrics(text, "x.om",
                              [&](const SeriesRef& one, Timestamp, double) -> Result<void> {
                                series.push_back(one);
                                return {};
                              }),
              IsOk());
  EXPECT_EQ(series[0], series[2]);
  EXPECT_NE(series[0], series[1]);
}

TEST(OpenMetricsReader, ReadsSpecialValuesAndEscapes) {
  EXPECT_THAT(ReadText("a{x=\"q\\\"b\\\\n\\n},\"} +Inf 1\na NaN -1.5\na 1e-7 0\n# EOF").samples,
              ElementsAre("a{x=\"q\\\"b\\\\n\\n},\"} inf @1000", "a nan @-1500", "a 1e-07 @0"));
}

TEST(OpenMetricsReader, ReadsQuotedNames) {
  EXPECT_THAT(
      ReadText("# TYPE \"my.metric\" gauge\n{\"my.metric\",\"l.x\"=\"1\"} 2 3\n# EOF\n").samples,
      ElementsAre("my.metric{l.x=\"1\"} 2 @3000"));
}

TEST(OpenMetricsReader, StoresBoundsInTheCanonicalForm) {
  EXPECT_THAT(ReadText("# TYPE h histogram\nh_bucket{le=\"1\"} 1 1\nh_bucket{le=\"1000000\"} 1 1\n"
                       "h_bucket{le=\"0.5\"} 1 1\nh_bucket{le=\"+Inf\"} 1 1\n"
                       "# TYPE g gauge\ng{le=\"1\"} 1 1\n# EOF\n")
                  .samples,
              ElementsAre("h_bucket{le=\"1.0\"} 1 @1000", "h_bucket{le=\"1e+06\"} 1 @1000",
                          "h_bucket{le=\"0.5\"} 1 @1000", "h_bucket{le=\"+Inf\"} 1 @1000",
                          "g{le=\"1\"} 1 @1000"));
}

TEST(OpenMetricsReader, ReportsTheLineAndTheError) {
  EXPECT_EQ(ErrorOf("up 1"), "x.om:1: expected a timestamp for series up");
  EXPECT_EQ(ErrorOf("up 1 # {a=\"b\"} 1"), "x.om:1: expected a timestamp for series up");
  EXPECT_EQ(ErrorOf("up one 1"), "x.om:1: \"one\" is not a value");
  EXPECT_EQ(ErrorOf("up 0x10 1"), "x.om:1: \"0x10\" is not a value");
  EXPECT_EQ(ErrorOf("up 1 NaN"), "x.om:1: \"NaN\" is not a timestamp");
  EXPECT_EQ(ErrorOf("up 1 1 2"),
            "x.om:1: expected an exemplar or the end of the line, found \"2\"");
  EXPECT_EQ(ErrorOf("up{a=\"b\" 1 1"), "x.om:1: cannot read \"up{a=\"b\" 1 1\" as a sample");
  EXPECT_EQ(ErrorOf("up{a=b} 1 1"), "x.om:1: expected a quoted text, found \"b\"");
  EXPECT_EQ(ErrorOf("up{a-b=\"c\"} 1 1"), "x.om:1: \"a-b\" is not a label name");
  EXPECT_EQ(ErrorOf("a-b 1 1"), "x.om:1: \"a-b\" is not a metric name");
  EXPECT_EQ(ErrorOf("{a=\"b\"} 1 1"), "x.om:1: a series without a metric name");
  EXPECT_EQ(ErrorOf("a{x=\"1\",y=\"2\",x=\"3\"} 1 1"),
            "x.om:1: the series has the label \"x\" twice");
  EXPECT_EQ(ErrorOf("{\"a\",\"x\"=\"1\",\"x\"=\"1\"} 1 1"),
            "x.om:1: the series has the label \"x\" twice");
  EXPECT_EQ(ErrorOf("{\"a\",\"b\"} 1 1"), "x.om:1: the series has two metric names");
  EXPECT_EQ(ErrorOf("a{\"b\"} 1 1"), "x.om:1: the series has two metric names");
  EXPECT_EQ(ErrorOf("a{__name__=\"b\"} 1 1"), "x.om:1: the series has two metric names");
  EXPECT_EQ(ErrorOf(""), "x.om:1: cannot read \"\" as a sample");
  EXPECT_EQ(ErrorOf("# TYPE a countr"), "x.om:1: \"countr\" is not a metric type");
  EXPECT_EQ(ErrorOf("# a comment"),
            "x.om:1: \"# a comment\" is none of # TYPE, # HELP, # UNIT, # EOF");
}

TEST(OpenMetricsReader, RequiresAnEofMarkerAndNothingBehindIt) {
  EXPECT_THAT(ReadText("up 1 1\n").families,
              HasMessage("x.om:1: the text does not end with # EOF"));
  EXPECT_THAT(ReadText("").families, HasMessage("x.om:0: the text does not end with # EOF"));
  EXPECT_THAT(ReadText("# EOF\nup 1 1\n").families,
              HasMessage("x.om:2: unexpected data after # EOF"));
}

TEST(OpenMetricsReader, AddsTheLineToErrorsOfTheCallback) {
  std::istringstream text("up 1 1\n# EOF\n");
  EXPECT_THAT(ReadOpenMetrics(text, "x.om",
                              [](const SeriesRef&, Timestamp, double) -> Result<void> {
                                return Fail(ErrorCode::kRefused, "no room");
                              }),
              HasMessage("x.om:1: no room"));
}

}  // namespace
}  // namespace hakem::tsdb

#include "promql/parsing/series_text.h"

#include <gmock/gmock.h>

#include <string>

#include "tests/support/matchers.h"

namespace hakem::promql {
namespace {

using testing::HasSubstr;

std::string Values(std::string_view line) {
  std::string values;
  const Result<SeriesText> series = ParseSeries(line);
  for (const SeriesItem& item : series->items) {
    values += item.is_histogram ? "h " : item.value ? std::to_string(*item.value) + " " : "_ ";
  }
  return values;
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

TEST(SeriesText, RepeatsInfinityAndNanOnlyWithAnIncrementAsPrometheusDoes) {
  EXPECT_EQ(Values("x Inf -inf+1x1 NaN"), "inf -inf -inf nan ");
  for (const char* value : {"Infx2", "NaNx2", "-infx2", "1+Infx2", "nan(1)", "infinity"}) {
    EXPECT_THAT(ParseSeries(std::string("x ") + value), HasMessage(HasSubstr("is no value")))
        << value;
  }
}

TEST(SeriesText, RefusesMoreValuesThanTheLimit) {
  for (const char* values :
       {"1x18446744073709551615", "_x999999999999", "{{sum:1}}x99999999", "1x1000000 1x1000000"}) {
    EXPECT_THAT(ParseSeries(std::string("x ") + values),
                HasMessage(HasSubstr("more than 1100000 values")))
        << values;
  }
}

TEST(SeriesText, RefusesMatchersThatAreNoLabels) {
  EXPECT_THAT(ParseSeriesLabels("x{a=~\"b\"}"),
              HasMessage("a series has labels with \"=\", not \"=~\""));
}

}  // namespace
}  // namespace hakem::promql

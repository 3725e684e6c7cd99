#include "cli/query/query_table.h"

#include <gtest/gtest.h>

#include <cmath>

namespace hakem::cli {
namespace {

constexpr Timestamp kTime{std::chrono::seconds(5)};

TEST(QueryTable, AlignsTheValuesOfAVector) {
  EXPECT_EQ(FormatQueryTable(promql::Vector{{Labels{{"__name__", "up"}, {"job", "a"}}, kTime, 1},
                                            {Labels{}, kTime, HUGE_VAL}}),
            "up{job=\"a\"}  1\n"
            "{}           +Inf\n");
}

TEST(QueryTable, ListsTheSeriesOfAMatrixWithTheirPoints) {
  EXPECT_EQ(FormatQueryTable(promql::Matrix{
                {Labels{{"__name__", "up"}}, {{kTime, 0.5}, {kTime + Duration(250), NAN}}}}),
            "up\n"
            "  1970-01-01T00:00:05Z      0.5\n"
            "  1970-01-01T00:00:05.250Z  NaN\n");
}

TEST(QueryTable, PrintsScalarsAndStringsAlone) {
  EXPECT_EQ(FormatQueryTable(promql::Scalar{kTime, 2}), "2\n");
  EXPECT_EQ(FormatQueryTable(promql::Text{kTime, "a b"}), "a b\n");
}

TEST(QueryTable, SaysThatThereIsNoData) {
  EXPECT_EQ(FormatQueryTable(promql::Vector{}), "no data\n");
  EXPECT_EQ(FormatQueryTable(promql::Matrix{}), "no data\n");
}

}  // namespace
}  // namespace hakem::cli

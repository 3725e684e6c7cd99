#include "promql/syntax/pretty_printer.h"

#include <gmock/gmock.h>

#include "promql/parsing/parser.h"

namespace hakem::promql {
namespace {

std::string Pretty(std::string_view query) {
  const auto expr = Parse(query);
  return expr ? PrettyPrint(**expr) : expr.error().message;
}

TEST(PrettyPrinter, KeepsShortExpressionsOnOneLine) {
  EXPECT_EQ(Pretty("sum(rate(x[5m]))by(job)"), "sum by (job) (rate(x[5m]))");
}

TEST(PrettyPrinter, BreaksLongExpressionsAtOperatorsAndParentheses) {
  EXPECT_EQ(Pretty("-(topk(5, sum by (a) (rate(a_metric_with_quite_a_long_name_total{job=\"so "
                   "long that it has to be broken in two\"}[5m])))"
                   " / on (a) group_left (b) max_over_time(another_long_metric_name[1h:5m]))"),
            "-(\n"
            "    topk(\n"
            "      5,\n"
            "      sum by (a) (\n"
            "        rate(a_metric_with_quite_a_long_name_total{job=\"so long that it has to be "
            "broken in two\"}[5m])\n"
            "      )\n"
            "    )\n"
            "  / on (a) group_left (b)\n"
            "    max_over_time(another_long_metric_name[1h:5m])\n"
            ")");
}

}  // namespace
}  // namespace hakem::promql

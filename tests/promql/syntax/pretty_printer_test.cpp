#include "promql/syntax/pretty_printer.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>

#include <string>
#include <string_view>
#include <vector>

#include "model/deep_thread.h"
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

TEST(PrettyPrinter, KeepsASignOnTheLineOfItsOperand) {
  const std::string name(60, 'a');
  EXPECT_EQ(Pretty(fmt::format("-+({0} + {0})", name)),
            fmt::format("-+(\n    {0}\n  +\n    {0}\n)", name));
  EXPECT_EQ(Pretty(fmt::format("-{0} ^ {0}", name)), fmt::format("-{0}\n^\n  {0}", name));
}

TEST(PrettyPrinter, DoesNotIndentShortSubqueries) {
  const std::string name(80, 'a');
  EXPECT_EQ(Pretty(fmt::format("abs(max_over_time(rate({}[5m])[1h:1m]))", name)),
            fmt::format("abs(\n  max_over_time(\nrate({}[5m])[1h:1m]\n  )\n)", name));
}

TEST(PrettyPrinter, BreaksLongSubqueriesWithinTheirExpression) {
  const std::string name(60, 'a');
  EXPECT_EQ(Pretty(fmt::format("max_over_time(sum({0} or {0})[1h:5m] offset 1m)", name)),
            fmt::format("max_over_time(\n  sum(\n      {0}\n    or\n      {0}\n  )"
                        "[1h:5m] offset 1m\n)",
                        name));
}

TEST(PrettyPrinter, WritesArgumentsOnLinesOfTheirOwn) {
  const std::string name(80, 'a');
  EXPECT_EQ(
      Pretty(fmt::format("label_replace({0}, \"a\", \"$1\", \"b\", \"(.*)\")", name)),
      fmt::format("label_replace(\n  {0},\n  \"a\",\n  \"$1\",\n  \"b\",\n  \"(.*)\"\n)", name));
}

TEST(PrettyPrinter, KeepsItsFormAtTheDeepestNesting) {
  constexpr std::size_t kLevels = 500;
  constexpr std::size_t kOnOneLine = 49;  // With parentheses around it, `a` has 99 characters.
  const auto repeat = [](std::size_t times, std::string_view text) {
    return fmt::to_string(fmt::join(std::vector<std::string_view>(times, text), ""));
  };
  std::string before, after;
  for (std::size_t level = 0; level < kLevels - kOnOneLine; ++level) {
    before += std::string(2 * level, ' ') + "(\n";
    after.insert(0, "\n" + std::string(2 * level, ' ') + ")");
  }
  const std::string inner = repeat(kOnOneLine, "(") + "a" + repeat(kOnOneLine, ")");
  const std::string indent(2 * (kLevels - kOnOneLine), ' ');
  std::string printed;
  RunDeep([&] { printed = Pretty(repeat(kLevels, "(") + "a" + repeat(kLevels, ")")); });
  EXPECT_EQ(printed, before + indent + inner + after);
}

}  // namespace
}  // namespace hakem::promql

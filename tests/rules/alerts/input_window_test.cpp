#include "rules/alerts/input_window.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <string>

#include "model/duration.h"
#include "promql/parsing/parser.h"
#include "tests/support/matchers.h"

namespace hakem::rules {
namespace {

/// The shortest and the longest window of a query, such as `5m 1h`.
std::string Window(std::string_view query) {
  const auto expr = promql::Parse(query);
  EXPECT_THAT(expr, IsOk());
  const auto window = WindowOf(**expr);
  return window ? fmt::format("{} {}", FormatDuration(window->shortest),
                              FormatDuration(window->longest))
                : "none";
}

TEST(InputWindow, IsTheLookbackOrTheRange) {
  EXPECT_EQ(Window("x > 1"), "5m 5m");
  EXPECT_EQ(Window("rate(x[1m]) > 1"), "1m 1m");
  EXPECT_EQ(Window("vector(1)"), "none");
}

TEST(InputWindow, CoversAllSelectors) {
  EXPECT_EQ(Window("-sum(rate(x[1m])) / on () (y + max_over_time(z[1h]))"), "1m 1h");
  EXPECT_EQ(Window("topk(scalar(x), rate(y[10m]))"), "5m 10m");
}

TEST(InputWindow, IsLongerWithOffsetsAndSubqueries) {
  EXPECT_EQ(Window("x offset 1h"), "5m 1h5m");
  EXPECT_EQ(Window("x offset -1h"), "5m 5m");
  EXPECT_EQ(Window("max_over_time(rate(x[1m] offset 4m)[10m:] offset 1h)"), "1m 1h15m");
}

}  // namespace
}  // namespace hakem::rules

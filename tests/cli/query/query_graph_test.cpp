#include "cli/query/query_graph.h"

#include <gmock/gmock.h>

#include <cmath>

namespace hakem::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr GraphOptions kSmall{.width = 30, .height = 3};

Timestamp At(int seconds) {
  return Timestamp(std::chrono::seconds(seconds));
}

promql::StepRange Seconds(int count) {
  return {At(0), At(count), std::chrono::seconds(1)};
}

promql::MatrixRow Row(std::string name, const std::vector<double>& values) {
  promql::MatrixRow row{Labels{{"__name__", std::move(name)}}, {}};
  for (std::size_t i = 0; i < values.size(); ++i) {
    row.points.push_back({At(static_cast<int>(i)), values[i]});
  }
  return row;
}

TEST(QueryGraph, DrawsALineWithItsAxes) {
  EXPECT_EQ(DrawGraph({Row("x", {0, 10})}, Seconds(1), kSmall),
            "10 ┤                   ⣀⣀⠤⠤⠔⠒⠊\n"
            " 5 ┤         ⢀⣀⣀⠤⠤⠒⠒⠊⠉⠉\n"
            " 0 ┤⣀⣀⡠⠤⠤⠒⠒⠉⠉⠁\n"
            "   └──────────────────────────\n"
            "   1970-01-01T00:00:00Z 1970-01-01T00:00:01Z\n"
            "  ● x  10\n");
}

TEST(QueryGraph, DrawsALevelLineInTheMiddle) {
  EXPECT_THAT(DrawGraph({Row("x", {4, 4})}, Seconds(1), kSmall), HasSubstr("4 ┤⠒⠒"));
}

TEST(QueryGraph, MarksSeriesByCharactersWithoutColour) {
  const std::string graph =
      DrawGraph({Row("low", {0, 0}), Row("high", {8, 8})}, Seconds(1), kSmall);
  EXPECT_THAT(graph, HasSubstr("8 ┤*****"));
  EXPECT_THAT(graph, HasSubstr("0 ┤ooooo"));
  EXPECT_THAT(graph, HasSubstr("  * high  8\n  o low  0\n"));
}

TEST(QueryGraph, UsesColourIfTheTerminalHasIt) {
  GraphOptions options = kSmall;
  options.colour = true;
  const std::string graph = DrawGraph({Row("a", {1, 2}), Row("b", {2, 1})}, Seconds(1), options);
  EXPECT_THAT(graph, HasSubstr("\x1b[36m●\x1b[0m a"));
  EXPECT_THAT(graph, HasSubstr("\x1b[33m●\x1b[0m b"));
}

TEST(QueryGraph, JoinsNoPointsOverAGap) {
  promql::MatrixRow row = Row("x", {0, 0, 0, 0});
  row.points.erase(row.points.begin() + 1, row.points.begin() + 3);
  EXPECT_THAT(DrawGraph({row}, Seconds(3), kSmall), HasSubstr("                  "));
}

TEST(QueryGraph, LeavesOutNanAndInfinity) {
  EXPECT_EQ(DrawGraph({Row("x", {std::nan(""), HUGE_VAL})}, Seconds(1), kSmall), "no data\n");
  EXPECT_EQ(DrawGraph({}, Seconds(1), kSmall), "no data\n");
  EXPECT_THAT(DrawGraph({Row("x", {std::nan(""), 3})}, Seconds(1), kSmall),
              Not(HasSubstr("no data")));
}

TEST(QueryGraph, ListsTwelveSeriesAndHowManyMore) {
  promql::Matrix matrix;
  for (int i = 0; i < 15; ++i) {
    matrix.push_back(Row("x", {static_cast<double>(i)}));
  }
  EXPECT_THAT(DrawGraph(matrix, Seconds(1), kSmall), HasSubstr("  … and 3 more series\n"));
}

}  // namespace
}  // namespace hakem::cli

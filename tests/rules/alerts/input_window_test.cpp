#include "rules/alerts/input_window.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <string>

#include "model/duration.h"
#include "promql/parsing/parser.h"
#include "tests/support/matchers.h"

namespace hakem::rules {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

/// The windows of a query, such as `5m 1h`.
std::string Windows(std::string_view query) {
  const auto expr = promql::Parse(query);
  EXPECT_THAT(expr, IsOk());
  std::string text;
  for (const Duration window : WindowsOf(**expr)) {
    text += fmt::format("{}{}", text.empty() ? "" : " ", FormatDuration(window));
  }
  return text;
}

TEST(InputWindows, AreTheLookbackOrTheRange) {
  EXPECT_EQ(Windows("x > 1"), "5m");
  EXPECT_EQ(Windows("rate(x[1m]) > 1"), "1m");
  EXPECT_EQ(Windows("vector(1)"), "");
  EXPECT_EQ(Windows("max_over_time(vector(1)[10m:])"), "") << "it reads no samples";
}

TEST(InputWindows, AreThoseOfAllSelectors) {
  EXPECT_EQ(Windows("-sum(rate(x[1m])) / on () (y + max_over_time(z[1h]) + x)"), "1m 5m 1h");
  EXPECT_EQ(Windows("topk(scalar(x), rate(y[10m]))"), "5m 10m");
}

TEST(InputWindows, AreNoLongerWithOffsets) {
  EXPECT_EQ(Windows("x offset 1h"), "5m");
  EXPECT_EQ(Windows("rate(x[5m]) > 2 * rate(x[5m] offset 7d)"), "5m");
}

TEST(InputWindows, IncludeThoseOfSubqueries) {
  EXPECT_EQ(Windows("max_over_time(rate(x[1m] offset 4m)[10m:] offset 1h)"), "1m 10m");
}

TEST(EmptiedWindow, IsTheLongestThatIsLessThanHalfFull) {
  const InputWindows windows = {minutes(5), hours(1), hours(6)};
  EXPECT_EQ(EmptiedWindow(windows, minutes(2)), std::nullopt);
  EXPECT_EQ(EmptiedWindow(windows, Duration(150'000)), std::nullopt) << "half is left";
  EXPECT_EQ(EmptiedWindow(windows, minutes(3)), minutes(5));
  EXPECT_EQ(EmptiedWindow(windows, minutes(31)), hours(1));
  EXPECT_EQ(EmptiedWindow(windows, hours(50)), hours(6));
  EXPECT_EQ(EmptiedWindow({}, hours(50)), std::nullopt);
}

}  // namespace
}  // namespace hakem::rules

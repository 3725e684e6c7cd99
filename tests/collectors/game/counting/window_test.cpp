#include "collectors/game/counting/window.h"

#include <gtest/gtest.h>

namespace hakem::collectors {
namespace {

using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::seconds;

PgTimestamp At(int second) {
  return PgTimestamp(seconds(second));
}

Interval Span(int from, int to, std::int64_t count) {
  return {At(from), At(to), count, seconds(count)};
}

TEST(IntervalWindow, IsEmptyBeforeItsLengthIsCovered) {
  IntervalWindow window(minutes(1));
  EXPECT_EQ(window.Covered(), std::nullopt);
  window.Add(Span(0, 59, 7));
  EXPECT_EQ(window.Covered(), std::nullopt);
  window.Add(Span(59, 60, 1));
  EXPECT_EQ(window.Covered(), Span(0, 60, 8));
}

TEST(IntervalWindow, ReturnsTheShortestRunOfWholeIntervals) {
  IntervalWindow window(minutes(1));
  for (int i = 0; i < 100; i += 7) {
    window.Add(Span(i, i + 7, i));
  }
  // 105 − 42 = 63 s are enough, 105 − 49 = 56 s are not.
  EXPECT_EQ(window.Covered(), Span(42, 105, 42 + 49 + 56 + 63 + 70 + 77 + 84 + 91 + 98));
}

TEST(IntervalWindow, KeepsASingleIntervalThatIsLongEnough) {
  IntervalWindow window(minutes(1));
  window.Add(Span(0, 5, 1));
  window.Add(Span(5, 605, 100));
  EXPECT_EQ(window.Covered(), Span(5, 605, 100));
}

TEST(IntervalWindow, StartsAgainAfterAGap) {
  IntervalWindow window(seconds(10));
  window.Add(Span(0, 10, 5));
  window.Add(Span(11, 16, 1));
  EXPECT_EQ(window.Covered(), std::nullopt);
  window.Add(Span(16, 21, 2));
  EXPECT_EQ(window.Covered(), Span(11, 21, 3));
}

TEST(IntervalWindow, IgnoresAnEmptyInterval) {
  IntervalWindow window(seconds(10));
  window.Add(Span(0, 10, 5));
  window.Add(Span(10, 10, 0));
  EXPECT_EQ(window.Covered(), Span(0, 10, 5));
}

TEST(IntervalWindow, MergesAdjacentIntervalsUpToItsGrain) {
  IntervalWindow window(seconds(20), seconds(10));
  for (int i = 0; i < 40; i += 5) {
    window.Add(Span(i, i + 5, 1));
  }
  EXPECT_EQ(window.Covered(), Span(20, 40, 4));
  window.Add(Span(40, 45, 1));  // The oldest ten seconds cannot be split.
  EXPECT_EQ(window.Covered(), Span(20, 45, 5));
}

TEST(Rate, UsesTheActualLengthOfTheInterval) {
  EXPECT_DOUBLE_EQ(Rate(Span(0, 63, 126), minutes(1)), 120);
  EXPECT_DOUBLE_EQ(Rate({At(0), At(0) + microseconds(500'000), 1, {}}, seconds(1)), 2);
}

}  // namespace
}  // namespace hakem::collectors

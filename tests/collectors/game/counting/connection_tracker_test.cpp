#include "collectors/game/counting/connection_tracker.h"

#include <gmock/gmock.h>

namespace hakem::collectors {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

PgTimestamp At(int second) {
  return PgTimestamp(std::chrono::seconds(second));
}

TEST(ConnectionTracker, TellsNothingOfWhatWasThereBefore) {
  ConnectionTracker tracker;
  const auto news = tracker.See({.active = {"a", "b"}, .asked = {}, .ended = {}, .bound = At(5)});
  EXPECT_EQ(news.opened, 0u);
  EXPECT_THAT(news.closed, IsEmpty());
}

TEST(ConnectionTracker, AsksWhatBecameOfThoseThatAreNoLongerActive) {
  ConnectionTracker tracker;
  tracker.See({.active = {"a", "b"}, .asked = {}, .ended = {}, .bound = At(5)});
  tracker.See({.active = {"b", "c"}, .asked = {}, .ended = {}, .bound = At(10)});
  EXPECT_THAT(tracker.wanted(), ElementsAre("a"));
  const auto news = tracker.See(
      {.active = {"b", "c"}, .asked = {{"a", false, "timeout"}}, .ended = {}, .bound = At(15)});
  EXPECT_THAT(news.closed, ElementsAre("timeout"));
  EXPECT_THAT(tracker.wanted(), IsEmpty());
}

TEST(ConnectionTracker, CountsADeletedRowAsClosedForNoReason) {
  ConnectionTracker tracker;
  tracker.See({.active = {"a"}, .asked = {}, .ended = {}, .bound = At(5)});
  tracker.See({.active = {}, .asked = {}, .ended = {}, .bound = At(10)});
  const auto news = tracker.See({.active = {}, .asked = {}, .ended = {}, .bound = At(15)});
  EXPECT_THAT(news.closed, ElementsAre(""));
}

TEST(ConnectionTracker, SeesThroughAnIndexWhatLivedBetweenTwoLooks) {
  ConnectionTracker tracker;
  tracker.See({.active = {}, .asked = {}, .ended = {}, .bound = At(5)});
  const auto news = tracker.See(
      {.active = {}, .asked = {}, .ended = {{"a", "network_error", At(7)}}, .bound = At(10)});
  EXPECT_EQ(news.opened, 1u);
  EXPECT_THAT(news.closed, ElementsAre("network_error"));
}

TEST(ConnectionTracker, TellsAnEndOnceWhicheverWayIsTheFirst) {
  ConnectionTracker tracker;
  tracker.See({.active = {"a", "b"}, .asked = {}, .ended = {}, .bound = At(5)});
  // The index is ahead of the question for `a`; `b` closes behind the bound, and is asked for.
  const auto first =
      tracker.See({.active = {}, .asked = {}, .ended = {{"a", "left", At(7)}}, .bound = At(8)});
  EXPECT_THAT(first.closed, ElementsAre("left"));
  EXPECT_THAT(tracker.wanted(), ElementsAre("b"));
  const auto asked = tracker.See(
      {.active = {}, .asked = {{"b", false, "left", At(9)}}, .ended = {}, .bound = At(9)});
  EXPECT_THAT(asked.closed, ElementsAre("left"));
  const auto indexed =
      tracker.See({.active = {}, .asked = {}, .ended = {{"b", "left", At(9)}}, .bound = At(10)});
  EXPECT_EQ(indexed.opened, 0u);
  EXPECT_THAT(indexed.closed, IsEmpty());
}

TEST(ConnectionTracker, LosesNothingWhileNothingIsScanned) {
  ConnectionTracker tracker;
  tracker.See({.active = {"a"}, .asked = {}, .ended = {}, .bound = At(5)});
  const auto blind =
      tracker.See({.scanned = false, .active = {}, .asked = {}, .ended = {}, .bound = At(10)});
  EXPECT_THAT(blind.closed, IsEmpty());
  EXPECT_THAT(tracker.wanted(), IsEmpty());
  const auto news = tracker.See({.active = {"a", "b"}, .asked = {}, .ended = {}, .bound = At(15)});
  EXPECT_EQ(news.opened, 1u);
}

}  // namespace
}  // namespace hakem::collectors

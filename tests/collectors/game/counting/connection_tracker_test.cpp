#include "collectors/game/counting/connection_tracker.h"

#include <gmock/gmock.h>

namespace hakem::collectors {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

PgTimestamp At(int second) {
  return PgTimestamp(std::chrono::seconds(second));
}

TEST(ConnectionTracker, ReportsNoChangesInTheFirstPoll) {
  ConnectionTracker tracker;
  const auto changes =
      tracker.Observe({.active = {"a", "b"}, .requested = {}, .closed = {}, .horizon = At(5)});
  EXPECT_EQ(changes.opened, 0u);
  EXPECT_THAT(changes.closed, IsEmpty());
}

TEST(ConnectionTracker, RequestsConnectionsThatAreNoLongerActive) {
  ConnectionTracker tracker;
  tracker.Observe({.active = {"a", "b"}, .requested = {}, .closed = {}, .horizon = At(5)});
  tracker.Observe({.active = {"b", "c"}, .requested = {}, .closed = {}, .horizon = At(10)});
  EXPECT_THAT(tracker.wanted(), ElementsAre("a"));
  const auto changes = tracker.Observe({.active = {"b", "c"},
                                        .requested = {{"a", false, "timeout"}},
                                        .closed = {},
                                        .horizon = At(15)});
  EXPECT_THAT(changes.closed, ElementsAre("timeout"));
  EXPECT_THAT(tracker.wanted(), IsEmpty());
}

TEST(ConnectionTracker, CountsADeletedRowAsClosedWithoutAReason) {
  ConnectionTracker tracker;
  tracker.Observe({.active = {"a"}, .requested = {}, .closed = {}, .horizon = At(5)});
  tracker.Observe({.active = {}, .requested = {}, .closed = {}, .horizon = At(10)});
  const auto changes =
      tracker.Observe({.active = {}, .requested = {}, .closed = {}, .horizon = At(15)});
  EXPECT_THAT(changes.closed, ElementsAre(""));
}

TEST(ConnectionTracker, FindsConnectionsBetweenTwoPollsThroughAnIndex) {
  ConnectionTracker tracker;
  tracker.Observe({.active = {}, .requested = {}, .closed = {}, .horizon = At(5)});
  const auto changes = tracker.Observe({.active = {},
                                        .requested = {},
                                        .closed = {{"a", "network_error", At(7)}},
                                        .horizon = At(10)});
  EXPECT_EQ(changes.opened, 1u);
  EXPECT_THAT(changes.closed, ElementsAre("network_error"));
}

TEST(ConnectionTracker, ReportsAClosedConnectionOnceInEitherOrder) {
  ConnectionTracker tracker;
  tracker.Observe({.active = {"a", "b"}, .requested = {}, .closed = {}, .horizon = At(5)});
  // `a` is found by the index before its row is requested. `b` closes after the horizon, so its row
  // is requested first.
  const auto first = tracker.Observe(
      {.active = {}, .requested = {}, .closed = {{"a", "left", At(7)}}, .horizon = At(8)});
  EXPECT_THAT(first.closed, ElementsAre("left"));
  EXPECT_THAT(tracker.wanted(), ElementsAre("b"));
  const auto by_request = tracker.Observe(
      {.active = {}, .requested = {{"b", false, "left", At(9)}}, .closed = {}, .horizon = At(9)});
  EXPECT_THAT(by_request.closed, ElementsAre("left"));
  const auto by_index = tracker.Observe(
      {.active = {}, .requested = {}, .closed = {{"b", "left", At(9)}}, .horizon = At(10)});
  EXPECT_EQ(by_index.opened, 0u);
  EXPECT_THAT(by_index.closed, IsEmpty());
}

TEST(ConnectionTracker, MissesNoChangeAfterAPollWithoutAScan) {
  ConnectionTracker tracker;
  tracker.Observe({.active = {"a"}, .requested = {}, .closed = {}, .horizon = At(5)});
  const auto unscanned = tracker.Observe(
      {.scanned = false, .active = {}, .requested = {}, .closed = {}, .horizon = At(10)});
  EXPECT_THAT(unscanned.closed, IsEmpty());
  EXPECT_THAT(tracker.wanted(), IsEmpty());
  const auto changes =
      tracker.Observe({.active = {"a", "b"}, .requested = {}, .closed = {}, .horizon = At(15)});
  EXPECT_EQ(changes.opened, 1u);
}

}  // namespace
}  // namespace hakem::collectors

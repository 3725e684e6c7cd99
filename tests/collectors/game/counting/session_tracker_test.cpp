#include "collectors/game/counting/session_tracker.h"

#include <gmock/gmock.h>

namespace hakem::collectors {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

PgTimestamp At(int second) {
  return PgTimestamp(seconds(second));
}

SessionRow Live(std::string id, int created, bool started = false) {
  return {.id = std::move(id),
          .status = started ? "active" : "waiting",
          .game_type = "",
          .live = true,
          .started = started,
          .created = At(created)};
}

SessionRow Ended(std::string id, int created, bool started = true) {
  return {.id = std::move(id),
          .status = "completed",
          .game_type = "",
          .live = false,
          .started = started,
          .created = At(created)};
}

std::vector<std::string> Ids(const std::vector<SessionRow>& rows) {
  std::vector<std::string> ids;
  for (const SessionRow& row : rows) {
    ids.push_back(row.id);
  }
  return ids;
}

TEST(SessionTracker, ReportsNoChangesInTheFirstPoll) {
  SessionTracker tracker;
  const auto changes = tracker.Observe(
      {.live = {{"a", true}, {"b", false}}, .requested = {}, .created = {}, .horizon = At(5)});
  EXPECT_THAT(changes.started, IsEmpty());
  EXPECT_THAT(changes.ended, IsEmpty());
  EXPECT_THAT(tracker.wanted(), IsEmpty());
}

TEST(SessionTracker, RequestsASessionThatIsNoLongerLiveAndReportsItsEndOnce) {
  SessionTracker tracker;
  tracker.Observe(
      {.live = {{"a", true}, {"b", true}}, .requested = {}, .created = {}, .horizon = At(5)});
  tracker.Observe({.live = {{"b", true}}, .requested = {}, .created = {}, .horizon = At(10)});
  EXPECT_THAT(tracker.wanted(), ElementsAre("a"));
  const auto changes = tracker.Observe(
      {.live = {{"b", true}}, .requested = {Ended("a", 1)}, .created = {}, .horizon = At(15)});
  EXPECT_THAT(Ids(changes.ended), ElementsAre("a"));
  EXPECT_THAT(changes.started, IsEmpty());
  EXPECT_THAT(tracker.wanted(), IsEmpty());
}

TEST(SessionTracker, ReportsAStartOnceAndTheEndLater) {
  SessionTracker tracker;
  tracker.Observe({.live = {{"a", false}}, .requested = {}, .created = {}, .horizon = At(5)});
  tracker.Observe({.live = {{"a", true}}, .requested = {}, .created = {}, .horizon = At(10)});
  EXPECT_THAT(tracker.wanted(), ElementsAre("a"));
  const auto start = tracker.Observe(
      {.live = {{"a", true}}, .requested = {Live("a", 1, true)}, .created = {}, .horizon = At(15)});
  EXPECT_THAT(Ids(start.started), ElementsAre("a"));
  tracker.Observe({.live = {}, .requested = {}, .created = {}, .horizon = At(20)});
  const auto end =
      tracker.Observe({.live = {}, .requested = {Ended("a", 1)}, .created = {}, .horizon = At(25)});
  EXPECT_THAT(end.started, IsEmpty());
  EXPECT_THAT(Ids(end.ended), ElementsAre("a"));
}

TEST(SessionTracker, ReportsStartAndEndOfASessionThatWasOnlySeenWaiting) {
  SessionTracker tracker;
  tracker.Observe({.live = {{"a", false}}, .requested = {}, .created = {}, .horizon = At(5)});
  tracker.Observe({.live = {}, .requested = {}, .created = {}, .horizon = At(10)});
  const auto changes =
      tracker.Observe({.live = {}, .requested = {Ended("a", 1)}, .created = {}, .horizon = At(15)});
  EXPECT_THAT(Ids(changes.started), ElementsAre("a"));
  EXPECT_THAT(Ids(changes.ended), ElementsAre("a"));
}

TEST(SessionTracker, FindsASessionBetweenTwoPollsAmongTheNewRows) {
  SessionTracker tracker;
  tracker.Observe({.live = {}, .requested = {}, .created = {}, .horizon = At(5)});
  const auto changes = tracker.Observe({.live = {},
                                        .requested = {},
                                        .created = {Ended("a", 6), Ended("b", 7, false)},
                                        .horizon = At(10)});
  EXPECT_THAT(Ids(changes.started), ElementsAre("a"));
  EXPECT_THAT(Ids(changes.ended), ElementsAre("a", "b"));
}

TEST(SessionTracker, ReportsAnEndOnceIfTheHorizonPassesTheCreationLater) {
  SessionTracker tracker;
  tracker.Observe({.live = {}, .requested = {}, .created = {}, .horizon = At(5)});
  tracker.Observe({.live = {{"a", true}},
                   .requested = {},
                   .created = {},
                   .horizon = At(5)});  // The horizon does not move.
  tracker.Observe({.live = {}, .requested = {Live("a", 6, true)}, .created = {}, .horizon = At(5)});
  const auto end =
      tracker.Observe({.live = {}, .requested = {Ended("a", 6)}, .created = {}, .horizon = At(6)});
  EXPECT_THAT(Ids(end.ended), ElementsAre("a"));
  const auto after =
      tracker.Observe({.live = {}, .requested = {}, .created = {Ended("a", 6)}, .horizon = At(7)});
  EXPECT_THAT(after.ended, IsEmpty());
}

TEST(SessionTracker, ReportsAnEndOnceIfTheNewRowComesInTheSamePoll) {
  SessionTracker tracker;
  tracker.Observe({.live = {}, .requested = {}, .created = {}, .horizon = At(5)});
  tracker.Observe({.live = {{"a", false}}, .requested = {}, .created = {}, .horizon = At(5)});
  tracker.Observe({.live = {}, .requested = {}, .created = {}, .horizon = At(5)});
  const auto changes = tracker.Observe(
      {.live = {}, .requested = {Ended("a", 6)}, .created = {Ended("a", 6)}, .horizon = At(7)});
  EXPECT_THAT(Ids(changes.ended), ElementsAre("a"));
  EXPECT_THAT(Ids(changes.started), ElementsAre("a"));
}

TEST(SessionTracker, WaitsForTheRequestedRowOfAnEnd) {
  SessionTracker tracker;
  tracker.Observe({.live = {{"a", true}}, .requested = {}, .created = {}, .horizon = At(5)});
  const auto gone =
      tracker.Observe({.live = {}, .requested = {}, .created = {Ended("a", 6)}, .horizon = At(10)});
  EXPECT_THAT(gone.ended, IsEmpty());
  const auto reported =
      tracker.Observe({.live = {}, .requested = {Ended("a", 6)}, .created = {}, .horizon = At(15)});
  EXPECT_THAT(Ids(reported.ended), ElementsAre("a"));
}

TEST(SessionTracker, ForgetsASessionWhoseRowWasDeleted) {
  SessionTracker tracker;
  tracker.Observe({.live = {{"a", true}}, .requested = {}, .created = {}, .horizon = At(5)});
  tracker.Observe({.live = {}, .requested = {}, .created = {}, .horizon = At(10)});
  const auto changes =
      tracker.Observe({.live = {}, .requested = {}, .created = {}, .horizon = At(15)});
  EXPECT_THAT(changes.ended, IsEmpty());
  EXPECT_THAT(tracker.wanted(), IsEmpty());
}

TEST(SessionTracker, KeepsASessionThatIsLiveAgain) {
  SessionTracker tracker;
  tracker.Observe({.live = {{"a", true}}, .requested = {}, .created = {}, .horizon = At(5)});
  tracker.Observe({.live = {}, .requested = {}, .created = {}, .horizon = At(10)});
  const auto again = tracker.Observe(
      {.live = {{"a", true}}, .requested = {Live("a", 1, true)}, .created = {}, .horizon = At(15)});
  EXPECT_THAT(again.ended, IsEmpty());
  EXPECT_THAT(again.started, IsEmpty());
  EXPECT_THAT(tracker.wanted(), IsEmpty());
}

TEST(SessionTracker, RequestsManySessionsInTurn) {
  SessionTracker tracker;
  SessionTracker::Poll poll{.live = {}, .requested = {}, .created = {}, .horizon = At(5)};
  for (int i = 0; i < 1500; ++i) {
    poll.live.push_back({std::to_string(i), true});
  }
  tracker.Observe(poll);
  tracker.Observe({.live = {}, .requested = {}, .created = {}, .horizon = At(10)});
  std::size_t reported = 0;
  for (const std::size_t expected : {1000u, 500u}) {
    ASSERT_EQ(tracker.wanted().size(), expected);
    SessionTracker::Poll answer{.live = {}, .requested = {}, .created = {}, .horizon = At(15)};
    for (const std::string& id : tracker.wanted()) {
      answer.requested.push_back(Ended(id, 1));
    }
    reported += tracker.Observe(answer).ended.size();
  }
  EXPECT_EQ(reported, 1500u);
}

}  // namespace
}  // namespace hakem::collectors

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

TEST(SessionTracker, TellsNothingOfWhatWasThereBefore) {
  SessionTracker tracker;
  const auto news = tracker.See(
      {.live = {{"a", true}, {"b", false}}, .asked = {}, .created = {}, .bound = At(5)});
  EXPECT_THAT(news.started, IsEmpty());
  EXPECT_THAT(news.ended, IsEmpty());
  EXPECT_THAT(tracker.wanted(), IsEmpty());
}

TEST(SessionTracker, AsksForASessionThatIsNoLongerLiveAndTellsItsEndOnce) {
  SessionTracker tracker;
  tracker.See({.live = {{"a", true}, {"b", true}}, .asked = {}, .created = {}, .bound = At(5)});
  tracker.See({.live = {{"b", true}}, .asked = {}, .created = {}, .bound = At(10)});
  EXPECT_THAT(tracker.wanted(), ElementsAre("a"));
  const auto news = tracker.See(
      {.live = {{"b", true}}, .asked = {Ended("a", 1)}, .created = {}, .bound = At(15)});
  EXPECT_THAT(Ids(news.ended), ElementsAre("a"));
  EXPECT_THAT(news.started, IsEmpty());
  EXPECT_THAT(tracker.wanted(), IsEmpty());
}

TEST(SessionTracker, TellsAStartOnceAndTheEndLater) {
  SessionTracker tracker;
  tracker.See({.live = {{"a", false}}, .asked = {}, .created = {}, .bound = At(5)});
  tracker.See({.live = {{"a", true}}, .asked = {}, .created = {}, .bound = At(10)});
  EXPECT_THAT(tracker.wanted(), ElementsAre("a"));
  const auto start = tracker.See(
      {.live = {{"a", true}}, .asked = {Live("a", 1, true)}, .created = {}, .bound = At(15)});
  EXPECT_THAT(Ids(start.started), ElementsAre("a"));
  tracker.See({.live = {}, .asked = {}, .created = {}, .bound = At(20)});
  const auto end =
      tracker.See({.live = {}, .asked = {Ended("a", 1)}, .created = {}, .bound = At(25)});
  EXPECT_THAT(end.started, IsEmpty());
  EXPECT_THAT(Ids(end.ended), ElementsAre("a"));
}

TEST(SessionTracker, TellsStartAndEndOfASessionThatWasSeenWaitingOnly) {
  SessionTracker tracker;
  tracker.See({.live = {{"a", false}}, .asked = {}, .created = {}, .bound = At(5)});
  tracker.See({.live = {}, .asked = {}, .created = {}, .bound = At(10)});
  const auto news =
      tracker.See({.live = {}, .asked = {Ended("a", 1)}, .created = {}, .bound = At(15)});
  EXPECT_THAT(Ids(news.started), ElementsAre("a"));
  EXPECT_THAT(Ids(news.ended), ElementsAre("a"));
}

TEST(SessionTracker, SeesASessionThatLivedBetweenTwoLooksAmongTheNewRows) {
  SessionTracker tracker;
  tracker.See({.live = {}, .asked = {}, .created = {}, .bound = At(5)});
  const auto news = tracker.See(
      {.live = {}, .asked = {}, .created = {Ended("a", 6), Ended("b", 7, false)}, .bound = At(10)});
  EXPECT_THAT(Ids(news.started), ElementsAre("a"));
  EXPECT_THAT(Ids(news.ended), ElementsAre("a", "b"));
}

TEST(SessionTracker, TellsAnEndOnceWhenTheBoundPassesTheCreationLater) {
  SessionTracker tracker;
  tracker.See({.live = {}, .asked = {}, .created = {}, .bound = At(5)});
  tracker.See({.live = {{"a", true}}, .asked = {}, .created = {}, .bound = At(5)});  // Held back.
  tracker.See({.live = {}, .asked = {Live("a", 6, true)}, .created = {}, .bound = At(5)});
  const auto end =
      tracker.See({.live = {}, .asked = {Ended("a", 6)}, .created = {}, .bound = At(6)});
  EXPECT_THAT(Ids(end.ended), ElementsAre("a"));
  const auto after =
      tracker.See({.live = {}, .asked = {}, .created = {Ended("a", 6)}, .bound = At(7)});
  EXPECT_THAT(after.ended, IsEmpty());
}

TEST(SessionTracker, TellsAnEndOnceWhenTheNewRowComesInTheSameLook) {
  SessionTracker tracker;
  tracker.See({.live = {}, .asked = {}, .created = {}, .bound = At(5)});
  tracker.See({.live = {{"a", false}}, .asked = {}, .created = {}, .bound = At(5)});
  tracker.See({.live = {}, .asked = {}, .created = {}, .bound = At(5)});
  const auto news = tracker.See(
      {.live = {}, .asked = {Ended("a", 6)}, .created = {Ended("a", 6)}, .bound = At(7)});
  EXPECT_THAT(Ids(news.ended), ElementsAre("a"));
  EXPECT_THAT(Ids(news.started), ElementsAre("a"));
}

TEST(SessionTracker, WaitsForTheRowOfAnEndThatIsStillAsked) {
  SessionTracker tracker;
  tracker.See({.live = {{"a", true}}, .asked = {}, .created = {}, .bound = At(5)});
  const auto gone =
      tracker.See({.live = {}, .asked = {}, .created = {Ended("a", 6)}, .bound = At(10)});
  EXPECT_THAT(gone.ended, IsEmpty());
  const auto told =
      tracker.See({.live = {}, .asked = {Ended("a", 6)}, .created = {}, .bound = At(15)});
  EXPECT_THAT(Ids(told.ended), ElementsAre("a"));
}

TEST(SessionTracker, ForgetsASessionWhoseRowWasDeleted) {
  SessionTracker tracker;
  tracker.See({.live = {{"a", true}}, .asked = {}, .created = {}, .bound = At(5)});
  tracker.See({.live = {}, .asked = {}, .created = {}, .bound = At(10)});
  const auto news = tracker.See({.live = {}, .asked = {}, .created = {}, .bound = At(15)});
  EXPECT_THAT(news.ended, IsEmpty());
  EXPECT_THAT(tracker.wanted(), IsEmpty());
}

TEST(SessionTracker, KeepsASessionThatLivesAgain) {
  SessionTracker tracker;
  tracker.See({.live = {{"a", true}}, .asked = {}, .created = {}, .bound = At(5)});
  tracker.See({.live = {}, .asked = {}, .created = {}, .bound = At(10)});
  const auto again = tracker.See(
      {.live = {{"a", true}}, .asked = {Live("a", 1, true)}, .created = {}, .bound = At(15)});
  EXPECT_THAT(again.ended, IsEmpty());
  EXPECT_THAT(again.started, IsEmpty());
  EXPECT_THAT(tracker.wanted(), IsEmpty());
}

TEST(SessionTracker, AsksForManyInTurn) {
  SessionTracker tracker;
  SessionTracker::Look look{.live = {}, .asked = {}, .created = {}, .bound = At(5)};
  for (int i = 0; i < 1500; ++i) {
    look.live.push_back({std::to_string(i), true});
  }
  tracker.See(look);
  tracker.See({.live = {}, .asked = {}, .created = {}, .bound = At(10)});
  std::size_t told = 0;
  for (const std::size_t expected : {1000u, 500u}) {
    ASSERT_EQ(tracker.wanted().size(), expected);
    SessionTracker::Look answer{.live = {}, .asked = {}, .created = {}, .bound = At(15)};
    for (const std::string& id : tracker.wanted()) {
      answer.asked.push_back(Ended(id, 1));
    }
    told += tracker.See(answer).ended.size();
  }
  EXPECT_EQ(told, 1500u);
}

}  // namespace
}  // namespace hakem::collectors

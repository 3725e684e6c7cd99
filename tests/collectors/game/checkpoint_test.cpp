// The state of a game is saved and restored.

#include "collectors/game/checkpoint.h"

#include <gmock/gmock.h>

#include "collectors/game/counting/game_state.h"
#include "collectors/game/counting/record_codec.h"
#include "tests/support/game/memory_game_store.h"
#include "tests/support/matchers.h"

namespace hakem::collectors {
namespace {

using std::chrono::seconds;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Key;
using testing::Pair;
using testing::SizeIs;

PgTimestamp At(int second) {
  return PgTimestamp(seconds(second));
}

GameReading Reading(int from, int horizon) {
  return {.now = At(horizon),
          .from = At(from),
          .horizon = At(horizon),
          .raw_horizon = At(horizon),
          .exact = true};
}

/// A state with live and ended sessions, connections, moves, and a name with spaces and colons.
GameState Busy() {
  GameState state{GameHistogramBounds{}};
  state.StartAt(At(0));
  GameReading reading = Reading(0, 5);
  reading.live = {
      {.status = "active", .game_type = "ranked", .members = {{"s1", true}, {"s2", false}}}};
  reading.created = {
      {.id = "s2", .status = "active", .game_type = "ranked", .live = true, .created = At(4)}};
  reading.active_connections = {"c1", "c2"};
  reading.moves = {{"play card: 7 ", 3}, {"choose_trump", 1}};
  reading.responses = {.at_most = std::vector<double>(12, 2), .count = 3, .sum_seconds = 1.5};
  state.Apply(reading);
  GameReading next = Reading(5, 10);
  next.exact = false;
  next.live = {{.status = "active", .game_type = "ranked", .members = {{"s2", true}}}};
  next.active_connections = {"c2", "c3"};
  state.Apply(next);
  return state;
}

TEST(GameRecords, RestoreTheState) {
  const GameState before = Busy();
  GameState after{GameHistogramBounds{}};
  ASSERT_THAT(after.Read(before.Write()), IsOk());
  EXPECT_EQ(after.Write(), before.Write());
  EXPECT_EQ(after.watermark(), At(10));
  EXPECT_EQ(after.started_at(), At(0));
  EXPECT_THAT(after.counters().moves,
              ElementsAre(Pair("choose_trump", 1), Pair("play card: 7 ", 3)));
  EXPECT_EQ(after.counters().move_response.value().sum, 1.5);
  EXPECT_EQ(after.counters().connections_opened, 1u);
}

TEST(GameRecords, FollowLiveRowsAcrossARestart) {
  GameState state{GameHistogramBounds{}};
  ASSERT_THAT(state.Read(Busy().Write()), IsOk());
  state.Apply(Reading(10, 15));  // No row is live any more.
  EXPECT_THAT(state.wanted_sessions(), testing::UnorderedElementsAre("s1", "s2"));
  EXPECT_THAT(state.wanted_connections(), testing::UnorderedElementsAre("c1", "c2", "c3"));
  GameReading reading = Reading(15, 20);
  reading.requested_sessions = {{.id = "s1",
                                 .status = "completed",
                                 .game_type = "ranked",
                                 .live = false,
                                 .started = true,
                                 .completed = true,
                                 .created = At(-100),
                                 .play_seconds = 90}};
  reading.requested_connections = {{"c1", false, "left"}, {"c2", true, ""}, {"c3", true, ""}};
  state.Apply(reading);
  EXPECT_EQ(state.counters().finished.at({"ranked", "completed"}), 1u);
  EXPECT_EQ(state.counters().started.at("ranked"), 0u) << "s1 was started before the first poll";
  EXPECT_EQ(state.counters().disconnections.at("left"), 1u);
}

TEST(GameRecords, ReconcileASuspectRangeAcrossARestart) {
  GameState state{GameHistogramBounds{}};
  ASSERT_THAT(state.Read(Busy().Write()), IsOk());
  EXPECT_EQ(state.reconciliation().Due(), std::nullopt) << "rows of it may still be committed";
  state.Apply(Reading(10, 15));
  ASSERT_EQ(state.reconciliation().Due(), (Reconciliation::Span{At(5), At(15)}));
  GameReading again = Reading(5, 15);
  again.moves = {{"choose_trump", 2}};
  state.Reconcile(again);
  EXPECT_EQ(state.counters().moves.at("choose_trump"), 3u);
}

TEST(GameRecords, KeepTheCountsBeforeAndAfterAnEmptyRange) {
  GameState before{GameHistogramBounds{}};
  before.StartAt(At(0));
  before.Apply(Reading(0, 5));
  before.Apply(Reading(5, 5));
  GameReading counted = Reading(5, 10);
  counted.moves = {{"play_card", 4}};
  before.Apply(counted);
  GameState after{GameHistogramBounds{}};
  ASSERT_THAT(after.Read(before.Write()), IsOk());
  after.MarkRecentSuspect();
  GameReading again = Reading(0, 10);
  again.moves = {{"play_card", 4}};
  after.Reconcile(again);
  EXPECT_EQ(after.counters().moves.at("play_card"), 4u);
}

TEST(GameRecords, RestartAHistogramWithOtherBounds) {
  GameState state{{.move_response = {1, 2}}};
  ASSERT_THAT(state.Read(Busy().Write()), IsOk());
  EXPECT_EQ(state.counters().move_response.value().count, 0);
  EXPECT_EQ(state.counters().moves.at("choose_trump"), 1u) << "other counters continue";
}

TEST(GameRecords, AreRejectedIfTheyAreDamaged) {
  const GameRecords whole = Busy().Write();
  const auto read = [](const GameRecords& records) {
    GameState state{GameHistogramBounds{}};
    return state.Read(records);
  };
  EXPECT_THAT(read({}), HasCode(ErrorCode::kInvalidInput));
  for (const auto& [key, value] : whole) {
    for (std::size_t size = 0; size < value.size(); ++size) {
      GameRecords damaged = whole;
      damaged[key] = value.substr(0, size);
      EXPECT_THAT(read(damaged), HasCode(ErrorCode::kInvalidInput)) << key << " cut at " << size;
    }
  }
  GameRecords newer = whole;
  newer["counters"].replace(0, 1, "2");
  EXPECT_THAT(read(newer), HasCode(ErrorCode::kInvalidInput));
}

TEST(FieldReader, AllocatesNothingForAnImpossibleSize) {
  FieldReader fields("99999999999 1 ");
  EXPECT_EQ(fields.Size(), 0u);
  EXPECT_FALSE(fields.ok());
}

class GameCheckpointTest : public testing::Test {
 protected:
  MemoryGameStore store_;
  Logger log_ = Log::Silent().For("collectors.game");
};

TEST_F(GameCheckpointTest, WritesOnlyTheChangedRecords) {
  GameCheckpoint checkpoint(&store_);
  EXPECT_THAT(checkpoint.Open("hokm", log_), IsEmpty());
  GameState state = Busy();
  checkpoint.Save(state, log_);
  EXPECT_EQ(store_.games["hokm"], state.Write());
  GameReading reading = Reading(10, 15);
  reading.live = {{.status = "active", .game_type = "ranked", .members = {{"s2", true}}}};
  reading.requested_sessions = {{.id = "s1",
                                 .status = "abandoned",
                                 .game_type = "ranked",
                                 .started = true,
                                 .created = At(-100)}};
  reading.active_connections = {"c2", "c3"};
  reading.requested_connections = {{"c1", true, ""}};
  state.Apply(reading);
  checkpoint.Save(state, log_);
  EXPECT_EQ(store_.games["hokm"], state.Write());
  EXPECT_THAT(store_.last.put, Contains(Key("counters")));
  EXPECT_THAT(store_.last.put, SizeIs(2)) << "the counters and one span";
  EXPECT_THAT(store_.last.erased, ElementsAre("session/s1"));
}

TEST_F(GameCheckpointTest, SavesUnsavedChangesWithTheNextCollection) {
  GameCheckpoint checkpoint(&store_);
  checkpoint.Open("hokm", log_);
  GameState state = Busy();
  store_.failure = Error{ErrorCode::kUnavailable, "the disk is full"};
  checkpoint.Save(state, log_);
  store_.failure.reset();
  state.Apply(Reading(10, 15));
  checkpoint.Save(state, log_);
  EXPECT_EQ(store_.games["hokm"], state.Write());
}

TEST_F(GameCheckpointTest, ErasesRecordsThatCannotBeParsedWithTheFirstSave) {
  store_.games["hokm"] = {{"session/old", "nonsense"}, {"counters", "9 "}};
  GameCheckpoint checkpoint(&store_);
  EXPECT_THAT(checkpoint.Open("hokm", log_), SizeIs(2));
  const GameState state = Busy();
  checkpoint.Save(state, log_);
  EXPECT_EQ(store_.games["hokm"], state.Write());
}

TEST_F(GameCheckpointTest, SavesNothingIfItCouldNotLoad) {
  store_.failure = Error{ErrorCode::kInternal, "no such table"};
  GameCheckpoint checkpoint(&store_);
  EXPECT_THAT(checkpoint.Open("hokm", log_), IsEmpty());
  store_.failure.reset();
  checkpoint.Save(Busy(), log_);
  EXPECT_EQ(store_.saves, 0);
}

}  // namespace
}  // namespace hakem::collectors

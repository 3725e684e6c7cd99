// A state directory that version 0.1.0 wrote: this version opens it, reads all of it and continues.
// testdata/0.1.0 has dumps of the two files of a real one. The expected values are those that 0.1.0
// itself returned for them through its API.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>
#include <map>
#include <memory>

#include "collectors/game/counting/game_state.h"
#include "model/read_file.h"
#include "state/game_store.h"
#include "state/history_store.h"
#include "state/migrations.h"
#include "state/state.h"
#include "tests/support/fake_clock.h"
#include "tests/support/matchers.h"
#include "tests/support/paths.h"
#include "tests/support/recorded_instruments.h"
#include "tests/support/scratch_folder.h"
#include "tsdb/persistence/history_saver.h"
#include "tsdb/store/store.h"

namespace hakem::state {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

/// The times of the first and the last samples; there is one every 5 s.
constexpr Timestamp kFirst{milliseconds(1'796'043'472'301)};
constexpr Timestamp kLast{milliseconds(1'796'043'497'301)};

constexpr std::string_view kOwner = "hokm";
constexpr std::string_view kGame =
    "7713947422180179428/hokm/hokm_game/game_sessions/game_moves/hokm";

class Version010Test : public testing::Test {
 protected:
  Version010Test() {
    Load("hakem");
    Load("history");
    clock_.Step(kLast + seconds(10) - clock_.Now());
  }

  /// Makes a database file from its dump, by SQLite alone.
  void Load(const std::string& name) const {
    const auto dump = ReadFile(SourcePath("tests/state/testdata/0.1.0/" + name + ".sql"));
    ASSERT_THAT(dump, IsOk());
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open((folder_ / (name + ".db")).c_str(), &database), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(database, dump->c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
        << sqlite3_errmsg(database);
    sqlite3_close(database);
  }

  Result<State> Open() const {
    return State::Open(folder_.path(), {.clock = clock_, .log = Log::Silent()});
  }

  tsdb::SavedHistory LoadHistory(const State& state, tsdb::Store& store) const {
    HistoryStore disk(*state.history());
    return tsdb::LoadHistory(disk, store, Log::Silent().For("tsdb"), clock_.Now());
  }

  /// The sum of a metric over its series, at each time of its samples.
  static std::map<Timestamp, double> SumOf(const tsdb::Store& store, std::string_view name) {
    const Matcher matcher = *Matcher::Make("__name__", MatchOp::kEqual, name);
    std::map<Timestamp, double> sums;
    for (const auto& selected : store.Select({&matcher, 1}, Timestamp::min(), Timestamp::max())) {
      for (const tsdb::Point& point : selected.points) {
        sums[point.time] += point.value;
      }
    }
    return sums;
  }

  static std::int64_t VersionOf(Database& database) {
    std::int64_t version = 0;
    EXPECT_THAT(database.Query("PRAGMA user_version", {},
                               [&](const Row& row) { version = row.Integer(0); }),
                IsOk());
    return version;
  }

  const ScratchFolder folder_;
  FakeClock clock_;
  RecordedInstruments instruments_;
};

TEST_F(Version010Test, IsOpenedAndMigratedWithoutMovingAnythingAside) {
  const Result<State> state = Open();
  ASSERT_THAT(state, IsOk());
  EXPECT_EQ(VersionOf(state->main()), static_cast<std::int64_t>(kMainMigrations.size()));
  EXPECT_EQ(VersionOf(*state->history()), static_cast<std::int64_t>(kHistoryMigrations.size()));
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
    EXPECT_THAT(entry.path().filename().string(), testing::Not(testing::HasSubstr("damaged")));
  }
}

TEST_F(Version010Test, HasTheCountersOfGames) {
  const Result<State> state = Open();
  ASSERT_THAT(state, IsOk());
  GameStore store(state->main(), clock_, std::string(kOwner));
  const auto records = store.Load(kGame);
  ASSERT_THAT(records, IsOkAndHolds(SizeIs(17)));
  collectors::GameState game{collectors::GameHistogramBounds{}};
  ASSERT_THAT(game.Read(*records), IsOk());
  EXPECT_THAT(game.counters().moves, ElementsAre(Pair("choose_trump", 3U), Pair("play_card", 48U),
                                                 Pair("round_start", 3U)));
  EXPECT_EQ(game.Write(), *records) << "nothing is lost when they are saved again";
}

TEST_F(Version010Test, HasTheSamples) {
  const Result<State> state = Open();
  ASSERT_THAT(state, IsOk());
  tsdb::Store store;
  EXPECT_FALSE(LoadHistory(*state, store).has_future);
  EXPECT_THAT(store.Select({}, Timestamp::min(), Timestamp::max()), SizeIs(261));
  EXPECT_THAT(
      SumOf(store, "game_moves_total"),
      ElementsAre(Pair(kFirst, 0), Pair(kFirst + seconds(5), 0), Pair(kFirst + seconds(10), 15),
                  Pair(kFirst + seconds(15), 28), Pair(kFirst + seconds(20), 40), Pair(kLast, 54)));
  EXPECT_THAT(SumOf(store, "pg_up"), SizeIs(6));
}

TEST_F(Version010Test, ContinuesWithNewCountersAndSamples) {
  const auto series =
      std::make_shared<const Series>(Labels{{"__name__", "game_moves_total"}, {"game", "chess"}});
  {
    const Result<State> state = Open();
    ASSERT_THAT(state, IsOk());
    GameStore games(state->main(), clock_, std::string(kOwner));
    ASSERT_THAT(games.Load(kGame), IsOk());
    ASSERT_THAT(games.Save(kGame, {.put = {{"counters", "new"}}, .erased = {}}), IsOk());

    tsdb::Store store;
    tsdb::SavedHistory saved = LoadHistory(*state, store);
    HistoryStore disk(*state->history());
    tsdb::HistorySaver saver(std::move(saved), {.store = store,
                                                .disk = disk,
                                                .instruments = instruments_,
                                                .log = Log::Silent().For("tsdb")});
    store.Append(kLast + seconds(5), std::vector<Sample>{{series, 100}});
    saver.Save();
  }
  const Result<State> state = Open();
  ASSERT_THAT(state, IsOk());
  GameStore games(state->main(), clock_, std::string(kOwner));
  const auto records = games.Load(kGame);
  ASSERT_THAT(records, IsOkAndHolds(SizeIs(17)));
  EXPECT_EQ(records->at("counters"), "new");
  tsdb::Store store;
  LoadHistory(*state, store);
  const auto sums = SumOf(store, "game_moves_total");
  EXPECT_THAT(sums, SizeIs(7));
  EXPECT_EQ(sums.at(kLast), 54);
  EXPECT_EQ(sums.at(kLast + seconds(5)), 100);
}

TEST_F(Version010Test, ForgetsGamesThatNobodySavedForADay) {
  const Result<State> state = Open();
  ASSERT_THAT(state, IsOk());
  clock_.Advance(std::chrono::hours(25));
  EXPECT_THAT(GameStore(state->main(), clock_, std::string(kOwner)).Load(kGame),
              IsOkAndHolds(IsEmpty()));
}

}  // namespace
}  // namespace hakem::state

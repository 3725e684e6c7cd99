#include "state/history_store.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cmath>
#include <csignal>
#include <filesystem>
#include <random>
#include <thread>

#include "state/state.h"
#include "tests/support/fake_clock.h"
#include "tests/support/matchers.h"
#include "tests/support/recorded_instruments.h"
#include "tests/support/scratch_folder.h"
#include "tsdb/persistence/history_saver.h"
#include "tsdb/persistence/save_loop.h"

namespace hakem::state {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using tsdb::Store;

constexpr Timestamp kStart{seconds(1'767'225'600)};

/// A Hakem's history and its disk; Restart begins another one on the same directory, as after a
/// kill -9: nothing is saved for it.
class HistoryTest : public testing::Test {
 protected:
  struct Running {
    Running(const std::string& directory, tsdb::StoreOptions options,
            RecordedInstruments& instruments, Timestamp now)
        : state(*State::Open(directory, {.clock = clock, .log = Log::Silent()})),
          store(options),
          disk(*state.history()),
          saver(tsdb::LoadHistory(disk, store, Log::Silent().For("tsdb"), now),
                {.store = store,
                 .disk = disk,
                 .instruments = instruments,
                 .log = Log::Silent().For("tsdb")}) {}

    FakeClock clock;
    State state;
    Store store;
    HistoryStore disk;
    tsdb::HistorySaver saver;
  };

  HistoryTest() { Restart(); }

  void Restart(tsdb::StoreOptions options = {}, Timestamp now = Timestamp::max()) {
    hakem_.reset();
    hakem_ = std::make_unique<Running>(folder_.path(), options, instruments_, now);
  }

  Store& store() { return hakem_->store; }

  void Save() { hakem_->saver.Save(); }

  static SeriesRef Make(std::string_view name, int number) {
    return std::make_shared<const Series>(
        Labels{{"__name__", std::string(name)}, {"i", fmt::format("{}", number)}});
  }

  /// What a game is like: most series stand still, some count, a few wobble.
  void AppendRounds(int from, int to) {
    for (int round = from; round < to; ++round) {
      std::vector<Sample> samples;
      for (int i = 0; i < kSeries; ++i) {
        const double value = i % 10 < 6   ? i
                             : i % 10 < 8 ? i + round * (i % 7)
                                          : std::floor(20 * std::sin(0.01 * round * (i % 5)));
        samples.push_back({series_[static_cast<std::size_t>(i)], value});
      }
      store().Append(kStart + seconds(5 * round), samples);
    }
  }

  /// All points as bits.
  static std::vector<std::uint64_t> Everything(const Store& store, Timestamp after) {
    std::vector<std::uint64_t> all;
    for (const auto& one : store.Select({}, after, Timestamp::max())) {
      all.push_back(one.series->labels.hash());
      for (const tsdb::Point& point : one.points) {
        all.push_back(static_cast<std::uint64_t>(point.time.time_since_epoch().count()));
        all.push_back(std::bit_cast<std::uint64_t>(point.value));
      }
    }
    return all;
  }

  std::uint64_t Count(std::string_view table) {
    std::int64_t count = 0;
    EXPECT_THAT(hakem_->state.history()->Query(fmt::format("SELECT count(*) FROM {}", table), {},
                                               [&](const Row& row) { count = row.Integer(0); }),
                IsOk());
    return static_cast<std::uint64_t>(count);
  }

  static constexpr int kSeries = 200;
  const ScratchFolder folder_;
  RecordedInstruments instruments_;
  std::unique_ptr<Running> hakem_;
  std::vector<SeriesRef> series_ = [] {
    std::vector<SeriesRef> made;
    for (int i = 0; i < kSeries; ++i) {
      made.push_back(Make("m", i));
    }
    return made;
  }();
};

TEST_F(HistoryTest, SurvivesARestartUpToTheLastSave) {
  constexpr int kSaves = 2 * tsdb::kBlocksPerKey + 10;
  for (int save = 0; save < kSaves; ++save) {
    AppendRounds(4 * save, 4 * save + 4);
    Save();
  }
  const auto before = Everything(store(), Timestamp::min());
  AppendRounds(4 * kSaves, 4 * kSaves + 3);
  Restart();
  EXPECT_EQ(Everything(store(), Timestamp::min()), before);
  EXPECT_EQ(store().Stats().series, 200U);
  AppendRounds(4 * kSaves + 3, 4 * kSaves + 5);
  Save();
  const auto later = Everything(store(), Timestamp::min());
  Restart();
  EXPECT_EQ(Everything(store(), Timestamp::min()), later);
}

TEST_F(HistoryTest, IsSavedPeriodicallyAndAtTheEnd) {
  std::vector<std::uint64_t> before;
  {
    const tsdb::SaveLoop loop(hakem_->saver, hakem_->clock, Log::Silent().For("tsdb"));
    AppendRounds(0, 4);
    hakem_->clock.AwaitSleepers(1);
    EXPECT_EQ(instruments_.Value("hakem_history_saved_bytes_total"), 0);
    hakem_->clock.Advance(tsdb::kSaveInterval);
    while (instruments_.Value("hakem_history_saved_bytes_total") == 0) {
      std::this_thread::yield();
    }
    AppendRounds(4, 5);
    before = Everything(store(), Timestamp::min());
  }
  Restart();
  EXPECT_EQ(Everything(store(), Timestamp::min()), before);
}

TEST_F(HistoryTest, WritesAtMostThreeTimesWhatTheSamplesTakeInMemory) {
  const std::uint64_t series_bytes = [&] {
    AppendRounds(0, 1);
    constexpr std::uint64_t kChunkBytes = 4 * 8 + 24;  // One sample.
    return store().Stats().bytes - 200 * kChunkBytes;
  }();
  for (int round = 1; round < 720; round += 4) {  // As far apart as the saves of a SaveLoop.
    AppendRounds(round, std::min(round + 4, 720));
    Save();
  }
  const double samples_bytes = static_cast<double>(store().Stats().bytes - series_bytes);
  const double saved_bytes = instruments_.Value("hakem_history_saved_bytes_total");
  RecordProperty("saved_to_memory_ratio", fmt::format("{:.2f}", saved_bytes / samples_bytes));
  EXPECT_LE(saved_bytes, 3 * samples_bytes);
}

TEST_F(HistoryTest, SavesALateSampleInTheNextSave) {
  AppendRounds(0, 6);
  Save();
  const Sample late{Make("recorded_by_a_rule", 0), 1};
  store().Append(kStart + seconds(25), {&late, 1});
  AppendRounds(6, 7);
  Save();
  const auto before = Everything(store(), Timestamp::min());
  Restart();
  EXPECT_EQ(Everything(store(), Timestamp::min()), before);
}

TEST_F(HistoryTest, DropsFromDiskWhatRetentionDropped) {
  Restart({.retention = minutes(10)});
  const Sample passing{Make("passing", 0), 1};
  store().Append(kStart, {&passing, 1});
  for (int save = 0; save < 400; ++save) {
    AppendRounds(6 * save + 1, 6 * save + 7);
    Save();
  }
  EXPECT_LE(Count("block"), 240U) << "of 400: what is in memory, and up to a key block before it";
  EXPECT_EQ(Count("series"), 200U);
  const auto before = Everything(store(), kStart + seconds(5 * 2400) - minutes(10));
  Restart({.retention = minutes(10)});
  EXPECT_EQ(Everything(store(), kStart + seconds(5 * 2400) - minutes(10)), before);
}

TEST_F(HistoryTest, SkipsSamplesAheadOfTheClockAndContinues) {
  AppendRounds(0, 10);
  Save();
  const auto before = Everything(store(), Timestamp::min());
  AppendRounds(720, 724);
  Save();
  Restart({}, kStart + seconds(60));
  EXPECT_EQ(Everything(store(), Timestamp::min()), before);
  AppendRounds(12, 14);
  EXPECT_EQ(store().Stats().out_of_order_total, 0U);
  Save();
  const auto later = Everything(store(), Timestamp::min());
  Restart({}, kStart + std::chrono::hours(2));
  EXPECT_EQ(Everything(store(), Timestamp::min()), later) << "nor does it come back";
}

TEST_F(HistoryTest, IsRewrittenWhenSamplesWereMoved) {
  AppendRounds(0, 700);
  Save();
  AppendRounds(1420, 1424);
  Save();
  store().MoveBack({.after = kStart + seconds(3500),
                    .by = std::chrono::hours(1),
                    .until = kStart + seconds(3520)});
  AppendRounds(704, 706);
  Save();
  const auto before = Everything(store(), Timestamp::min());
  Restart({}, kStart + std::chrono::hours(3));
  EXPECT_EQ(Everything(store(), Timestamp::min()), before);
  EXPECT_EQ(Count("series"), 200U);
}

TEST_F(HistoryTest, SurvivesAGapOfYears) {
  AppendRounds(0, 2);
  AppendRounds(40'000'000, 40'000'002);
  Save();
  const auto before = Everything(store(), Timestamp::min());
  Restart();
  EXPECT_EQ(Everything(store(), Timestamp::min()), before);
}

TEST_F(HistoryTest, KeepsASeriesThatComesBackAfterItWasDropped) {
  const tsdb::StoreOptions options{.retention = minutes(10)};
  Restart(options);
  const Sample passing{Make("passing", 0), 1};
  store().Append(kStart, {&passing, 1});
  const auto save_rounds = [&](int from, int to) {
    for (int round = from; round < to; round += 6) {
      AppendRounds(round, round + 6);
      Save();
    }
  };
  save_rounds(1, 181);
  ASSERT_EQ(store().Stats().series, 200U) << "of which passing is none";
  store().Append(kStart + seconds(5 * 181), {&passing, 1});
  save_rounds(182, 212);
  for (int restart = 0; restart < 2; ++restart) {
    const Timestamp since = kStart + seconds(5 * 181) - Duration(1);
    const auto before = Everything(store(), since);
    Restart(options);
    EXPECT_EQ(Everything(store(), since), before);
    save_rounds(212 + 60 * restart, 272 + 60 * restart);
  }
  EXPECT_EQ(Count("series"), 201U);
}

TEST_F(HistoryTest, SkipsADamagedBlockAndThoseThatDependOnIt) {
  for (int save = 0; save < tsdb::kBlocksPerKey + 10; ++save) {
    AppendRounds(6 * save, 6 * save + 6);
    Save();
  }
  const Timestamp key = kStart + seconds(5 * 6 * tsdb::kBlocksPerKey - 1);
  const auto since_key = Everything(store(), key);
  ASSERT_THAT(hakem_->state.history()->Run("UPDATE block SET data = x'01' WHERE id = 31"), IsOk());
  Restart();
  EXPECT_EQ(Everything(store(), key), since_key);
  for (const auto& one : store().Select({}, Timestamp::min(), key)) {
    EXPECT_EQ(one.points.size(), 6U * 30) << "the blocks before the damaged one";
  }
  AppendRounds(6 * tsdb::kBlocksPerKey + 60, 6 * tsdb::kBlocksPerKey + 66);
  Save();
  const auto before = Everything(store(), Timestamp::min());
  Restart();
  EXPECT_EQ(Everything(store(), Timestamp::min()), before);
}

/// For its life no file may grow beyond so many bytes, which SQLite meets like a full disk.
class FileLimit {
 public:
  explicit FileLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit now{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &now);
  }

  FileLimit(const FileLimit&) = delete;
  FileLimit& operator=(const FileLimit&) = delete;

  ~FileLimit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  void (*const handler_)(int);
};

TEST_F(HistoryTest, ContinuesInMemoryWhileTheDiskIsFullAndCatchesUp) {
  AppendRounds(0, 6);
  Save();
  ASSERT_EQ(instruments_.Value("hakem_history_saved"), 1);
  {
    const FileLimit full(4096);
    for (int save = 1; save < 200; ++save) {  // More than one block may cover.
      AppendRounds(6 * save, 6 * save + 6);
      Save();
    }
    EXPECT_EQ(instruments_.Value("hakem_history_saved"), 0);
    EXPECT_EQ(instruments_.Value("hakem_history_save_failures_total"), 199);
  }
  const Sample new_one{Make("new", 0), 1};
  store().Append(kStart + seconds(5 * 1200), {&new_one, 1});
  Save();
  EXPECT_EQ(instruments_.Value("hakem_history_saved"), 1);
  const auto before = Everything(store(), Timestamp::min());
  Restart();
  EXPECT_EQ(Everything(store(), Timestamp::min()), before);
}

TEST_F(HistoryTest, ContinuesInMemoryWhileTheFileIsReadOnly) {
  AppendRounds(0, 6);
  Save();
  ASSERT_THAT(hakem_->state.history()->Run("PRAGMA query_only = 1"), IsOk());
  AppendRounds(6, 12);
  Save();
  EXPECT_EQ(instruments_.Value("hakem_history_saved"), 0);
  ASSERT_THAT(hakem_->state.history()->Run("PRAGMA query_only = 0"), IsOk());
  Save();
  EXPECT_EQ(instruments_.Value("hakem_history_saved"), 1);
  const auto before = Everything(store(), Timestamp::min());
  Restart();
  EXPECT_EQ(Everything(store(), Timestamp::min()), before);
}

TEST_F(HistoryTest, StartsEmptyWhenTheFileIsDamaged) {
  AppendRounds(0, 6);
  Save();
  hakem_.reset();
  std::filesystem::resize_file(folder_ / "history.db", 5000);
  Restart();
  EXPECT_EQ(store().Stats().series, 0U);
  AppendRounds(6, 12);
  Save();
  const auto before = Everything(store(), Timestamp::min());
  Restart();
  EXPECT_EQ(Everything(store(), Timestamp::min()), before);
}

}  // namespace
}  // namespace hakem::state

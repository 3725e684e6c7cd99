// Whichever allocation fails, only the current operation is lost.
#include <gmock/gmock.h>

#include <map>
#include <new>
#include <string>
#include <vector>

#include "model/memory_account.h"
#include "tests/support/matchers.h"
#include "tests/support/recorded_instruments.h"
#include "tsdb/persistence/history_saver.h"
#include "tsdb/persistence/load_history.h"
#include "tsdb/store/store.h"

namespace hakem::tsdb {
namespace {

constexpr std::size_t kMega = std::size_t{1} << 20;

/// Repeats the work with a little more memory each time until it succeeds. Returns how often it
/// failed.
template <typename Work>
int UntilItFits(std::size_t step, Work work) {
  MemoryBudget budget(64 * kMega);
  for (int failures = 0;; ++failures) {
    MemoryAccount account(budget, {.own_bytes = static_cast<std::size_t>(failures) * step,
                                   .most_bytes = static_cast<std::size_t>(failures) * step});
    const MemoryAccount::Charging charging(account);
    try {
      if (work(failures)) {
        return failures;
      }
    } catch (const std::bad_alloc&) {
    }
  }
}

Timestamp At(std::int64_t seconds) {
  return Timestamp(std::chrono::seconds(seconds));
}

std::vector<Sample> MakeSamples(std::size_t count) {
  std::vector<Sample> samples;
  for (std::size_t i = 0; i < count; ++i) {
    samples.push_back(
        {std::make_shared<const Series>(Labels{{"__name__", "m"}, {"i", std::to_string(i)}}),
         static_cast<double>(i)});
  }
  return samples;
}

std::size_t Found(const Store& store) {
  const Matcher all = *Matcher::Make("__name__", MatchOp::kEqual, "m");
  return store.Select(std::span(&all, 1), At(0), At(1'000'000)).size();
}

TEST(Store, LosesOnlyTheBatchForWhichThereIsNoMemory) {
  Store store({.max_bytes = 64 * kMega});
  const std::vector<Sample> samples = MakeSamples(200);
  store.Append(At(1), samples);
  const std::vector<Sample> more = MakeSamples(400);
  const int failures = UntilItFits(512, [&](int round) {
    store.Append(At(10 + round), more);
    return store.Stats().series == 400;
  });
  EXPECT_GT(failures, 10);
  store.Append(At(100'000), more);
  EXPECT_EQ(Found(store), 400U);
  EXPECT_EQ(store.Stats().series, 400U);
}

/// A disk that never fails.
class RoomyDisk final : public HistoryStore {
 public:
  Result<void> Save(const SavedChange& change) override {
    const MemoryAccount::NeverRefused memory_of_its_own;
    for (const SavedSeries& series : change.added) {
      series_[series.id] = series.LabelBytes();
    }
    blocks_.push_back(change.block.data);
    return {};
  }

  Result<void> Load(const std::function<void(SavedId, std::string_view)>& on_series,
                    const std::function<void(std::string_view)>& on_block) override {
    for (const auto& [id, labels] : series_) {
      on_series(id, labels);
    }
    for (const std::string& block : blocks_) {
      on_block(block);
    }
    return {};
  }

 private:
  std::map<SavedId, std::string> series_;
  std::vector<std::string> blocks_;
};

TEST(HistorySaver, SavesLaterWhatItHadNoMemoryToSave) {
  RecordedInstruments instruments;
  RoomyDisk disk;
  Store store;
  HistorySaver saver(
      LoadHistory(disk, store, Log::Silent().For("tsdb")),
      {.store = store, .disk = disk, .instruments = instruments, .log = Log::Silent().For("tsdb")});
  for (int round = 0; round < 3; ++round) {
    const std::vector<Sample> samples = MakeSamples(100 + 50 * static_cast<std::size_t>(round));
    for (int second = 0; second < 10; ++second) {
      store.Append(At(1'000 + 60 * round + second), samples);
    }
    const int failures = UntilItFits(256, [&](int) {
      saver.Save();
      return instruments.Value("hakem_history_saved", {}) == 1;
    });
    EXPECT_GT(failures, 3);
  }
  Store loaded;
  LoadHistory(disk, loaded, Log::Silent().For("tsdb"));
  const Matcher all = *Matcher::Make("__name__", MatchOp::kEqual, "m");
  const auto before = store.Select(std::span(&all, 1), At(0), At(100'000));
  const auto after = loaded.Select(std::span(&all, 1), At(0), At(100'000));
  ASSERT_EQ(before.size(), 200U);
  ASSERT_EQ(after.size(), 200U);
  for (std::size_t i = 0; i < before.size(); ++i) {
    EXPECT_EQ(before[i].series->labels, after[i].series->labels);
    ASSERT_EQ(before[i].points.size(), after[i].points.size());
    for (std::size_t point = 0; point < before[i].points.size(); ++point) {
      EXPECT_EQ(before[i].points[point].time, after[i].points[point].time);
      EXPECT_EQ(before[i].points[point].value, after[i].points[point].value);
    }
  }
}

}  // namespace
}  // namespace hakem::tsdb

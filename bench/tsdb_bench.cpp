// The history: what a sample costs in time and in memory, and what it takes to find a series.
//
// HAKEM_BENCH_HISTORY=DIR names the state directory of a Hakem that has run (the demo's, say): its
// history is then measured beside the made up one.

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <malloc.h>

#include <cmath>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "model/clock.h"
#include "state/history_store.h"
#include "state/state.h"
#include "tsdb/persistence/load_history.h"
#include "tsdb/snapshot_recorder.h"
#include "tsdb/store/store.h"

namespace hakem::tsdb {
namespace {

constexpr Timestamp kStart{std::chrono::seconds(1'767'225'600)};
constexpr Duration kInterval = std::chrono::seconds(5);
constexpr int kRoundsAnHour = 720;
constexpr double kMebi = 1024 * 1024;

/// Series as a game's server has them: most stand still, some count events, some are small numbers
/// that wobble, a few are sums of seconds.
class Game {
 public:
  explicit Game(int series) : random_(1) {
    snapshot_.families.push_back({.name = "game", .help = "", .samples = {}});
    samples_.reserve(static_cast<std::size_t>(series));
    for (int i = 0; i < series; ++i) {
      samples_.push_back({std::make_shared<const Series>(
                              Labels{{"__name__", fmt::format("pg_stat_user_tables_{}", i % 100)},
                                     {"datname", "hokm_game"},
                                     {"schemaname", "public"},
                                     {"relname", fmt::format("table_{}", i / 100)}}),
                          static_cast<double>(i)});
    }
  }

  /// The next round, one interval later.
  const Snapshot& Next() {
    snapshot_.time = kStart + kInterval * rounds_++;
    for (std::size_t i = 0; i < samples_.size(); ++i) {
      double& value = samples_[i].value;
      switch (i % 20) {
        case 0:
        case 1:
        case 2:
          value += static_cast<double>(random_() % 50);
          break;
        case 3:
        case 4:
          value = static_cast<double>(random_() % 100);
          break;
        case 5:
          value += static_cast<double>(random_() % 1000) / 1000;
          break;
        default:
          break;
      }
    }
    snapshot_.families[0].samples = samples_;
    return snapshot_;
  }

 private:
  std::minstd_rand random_;
  std::vector<Sample> samples_;
  Snapshot snapshot_;
  int rounds_ = 0;
};

Labels TargetLabels() {
  return {{"job", "hakem"}, {"instance", "127.0.0.1:9187"}};
}

double BytesInUse() {
  const auto info = mallinfo2();
  return static_cast<double>(info.uordblks + info.hblkhd);
}

/// Whole snapshots, as each tick appends them.
void BM_Store_AppendSnapshot(benchmark::State& state) {
  Game game(static_cast<int>(state.range(0)));
  Store store;
  SnapshotRecorder recorder(store, TargetLabels());
  recorder.Record(game.Next());
  for (auto _ : state) {
    state.PauseTiming();
    const Snapshot& snapshot = game.Next();
    state.ResumeTiming();
    recorder.Record(snapshot);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

BENCHMARK(BM_Store_AppendSnapshot)->ArgName("series")->Arg(1000)->Arg(10'000)->Arg(50'000);

/// An hour of 50,000 series, with all that the process takes for them.
void BM_Store_Memory(benchmark::State& state) {
  for (auto _ : state) {
    Game game(static_cast<int>(state.range(0)));
    const double before = BytesInUse();
    auto store = std::make_unique<Store>();
    {
      SnapshotRecorder recorder(*store, TargetLabels());
      for (int round = 0; round < kRoundsAnHour; ++round) {
        recorder.Record(game.Next());
      }
    }
    const StoreStats stats = store->Stats();
    const double used = BytesInUse() - before;
    state.counters["MiB"] = used / kMebi;
    state.counters["MiB_reported"] = static_cast<double>(stats.bytes) / kMebi;
    state.counters["bytes_per_sample_all_in"] = used / static_cast<double>(stats.samples_total);
    state.counters["samples_per_second"] =
        benchmark::Counter(static_cast<double>(stats.samples_total), benchmark::Counter::kIsRate);
  }
}

BENCHMARK(BM_Store_Memory)->ArgName("series")->Arg(50'000)->Iterations(1)->Unit(benchmark::kSecond);

/// The samples alone, without labels and index: series are made before, chunks are counted.
double ChunkBytesPerSample(const Store& store) {
  double bytes = 0;
  double samples = 0;
  for (const SelectedSeries& series : store.Select({}, Timestamp::min(), Timestamp::max())) {
    StoredSeries copy(series.series);
    const std::size_t empty = copy.bytes();
    for (const Point& point : series.points) {
      copy.Append(point.time, point.value);
    }
    bytes += static_cast<double>(copy.bytes() - empty);
    samples += static_cast<double>(series.points.size());
  }
  return bytes / samples;
}

void BM_Chunk_BytesPerSample(benchmark::State& state) {
  for (auto _ : state) {
    Game game(2000);
    Store store;
    SnapshotRecorder recorder(store, TargetLabels());
    for (int round = 0; round < kRoundsAnHour; ++round) {
      recorder.Record(game.Next());
    }
    state.counters["bytes_per_sample"] = ChunkBytesPerSample(store);
  }
}

BENCHMARK(BM_Chunk_BytesPerSample)->Iterations(1)->Unit(benchmark::kMillisecond);

void BM_Chunk_BytesPerSampleOfAHakem(benchmark::State& state) {
  const char* directory = std::getenv("HAKEM_BENCH_HISTORY");
  if (directory == nullptr) {
    state.SkipWithError("HAKEM_BENCH_HISTORY names no state directory");
    return;
  }
  const auto opened = state::State::Open(directory, {.clock = SystemClock(), .log = Log::Silent()});
  if (!opened) {
    state.SkipWithError(opened.error().message.c_str());
    return;
  }
  for (auto _ : state) {
    Store store;
    state::HistoryStore disk(*opened->history());
    LoadHistory(disk, store, Log::Silent().For("bench"));
    const StoreStats stats = store.Stats();
    state.counters["bytes_per_sample"] = ChunkBytesPerSample(store);
    state.counters["series"] = static_cast<double>(stats.series);
    state.counters["samples"] = static_cast<double>(stats.samples_total);
    state.counters["minutes"] =
        std::chrono::duration<double, std::ratio<60>>(*stats.max_time - *stats.min_time).count();
  }
}

BENCHMARK(BM_Chunk_BytesPerSampleOfAHakem)->Iterations(1)->Unit(benchmark::kMillisecond);

/// A store of 100,000 series: 100 names of 1,000 series each, ten minutes of samples.
const Store& LargeStore() {
  static const std::unique_ptr<const Store> store = [] {
    auto filled = std::make_unique<Store>(StoreOptions{.max_bytes = std::uint64_t{4} << 30});
    Game game(100'000);
    SnapshotRecorder recorder(*filled, TargetLabels());
    for (int round = 0; round < 120; ++round) {
      recorder.Record(game.Next());
    }
    return filled;
  }();
  return *store;
}

void SelectIn(benchmark::State& state, std::vector<Matcher> matchers, Duration window) {
  const Store& store = LargeStore();
  const Timestamp now = *store.Stats().max_time;
  std::size_t points = 0;
  std::size_t series = 0;
  for (auto _ : state) {
    const auto selected = store.Select(matchers, now - window, now);
    series = selected.size();
    points += selected.empty() ? 0 : selected[0].points.size() * selected.size();
    benchmark::DoNotOptimize(selected.data());
  }
  state.counters["series"] = static_cast<double>(series);
  state.counters["points_per_second"] =
      benchmark::Counter(static_cast<double>(points), benchmark::Counter::kIsRate);
}

void BM_Store_SelectByName(benchmark::State& state) {
  SelectIn(state, {*Matcher::Make("__name__", MatchOp::kEqual, "pg_stat_user_tables_3")},
           std::chrono::minutes(state.range(0)));
}

BENCHMARK(BM_Store_SelectByName)
    ->ArgName("minutes")
    ->Arg(5)
    ->Arg(10)
    ->Unit(benchmark::kMicrosecond);

void BM_Store_SelectByAlternatives(benchmark::State& state) {
  SelectIn(state,
           {*Matcher::Make("__name__", MatchOp::kRegex, "pg_stat_user_tables_(3|4|5|6)"),
            *Matcher::Make("relname", MatchOp::kRegex, "table_1.."),
            *Matcher::Make("datname", MatchOp::kEqual, "hokm_game")},
           std::chrono::minutes(5));
}

BENCHMARK(BM_Store_SelectByAlternatives)->Unit(benchmark::kMicrosecond);

/// What the API's pickers ask: no sample is decoded.
void BM_Store_SelectSeries(benchmark::State& state) {
  const Store& store = LargeStore();
  const auto matcher = *Matcher::Make("__name__", MatchOp::kEqual, "pg_stat_user_tables_3");
  for (auto _ : state) {
    benchmark::DoNotOptimize(store.SelectSeries({&matcher, 1}, Timestamp::min(), Timestamp::max()));
  }
}

BENCHMARK(BM_Store_SelectSeries)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace hakem::tsdb

// What one collection of the game costs the database: Hakem's collector on Hakem's session, on a
// private PostgreSQL with millions of moves, while games are played and while they stand still,
// beside the naive SQL. Ends with the targets and whether they hold; the exit status says it too.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/game_cost/arena.h"
#include "bench/game_cost/figures.h"
#include "bench/game_cost/measured_session.h"
#include "bench/game_cost/naive_sql.h"
#include "cli/system/stop_signals.h"
#include "collectors/core/collector.h"
#include "collectors/core/sample_sink.h"
#include "exporter/session/postgres_session.h"
#include "model/clock.h"
#include "model/log.h"

namespace hakem::bench {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Collections that are not measured: they look for tables, learn the moves' types, seed windows.
constexpr int kWarmUp = 4;
constexpr Duration kWarmUpInterval = seconds(1);

constexpr int kTightRounds = 300;

/// How many moves a second lead to the games that stand still.
constexpr int kRateBeforeFreeze = 100;

// Statements that read: what opens, pins and closes the round around them travels in the same
// message and touches no table. Its time is in the CPU time.
constexpr std::string_view kBuffersAndCalls = R"(
SELECT coalesce(sum(shared_blks_hit + shared_blks_read), 0) || ' ' || coalesce(sum(calls) FILTER (
         WHERE query !~ '^(BEGIN|COMMIT|RESET|SET) ?' AND query !~ '^PREPARE hakem_(look|pins) '),
       0)
FROM pg_stat_statements WHERE userid = 'hakem'::regrole AND query !~ 'pg_stat_force_next_flush')";

constexpr std::string_view kSequentialScans =
    "SELECT sum(seq_scan) FROM pg_stat_user_tables WHERE schemaname = 'hokm_game'";

struct Options {
  std::vector<std::int64_t> moves{1'000'000, 10'000'000};
  std::vector<int> rates{0, 50, 400};
  int collections = 24;
  int interval_seconds = 5;
  bool explain = false;
  std::vector<std::string> settings;
  ArenaOptions arena{.program = HAKEM_PROGRAM, .cache_folder = HAKEM_BENCH_FOLDER};
};

template <typename T>
T OrThrow(Result<T> result) {
  if (!result) {
    throw std::runtime_error(result.error().message);
  }
  if constexpr (!std::is_void_v<T>) {
    return *std::move(result);
  }
}

/// One setting: a game as it is played, and Hakem's collector beside it.
class Setting {
 public:
  Setting(Arena& arena, const Options& options)
      : arena_(arena),
        options_(options),
        factory_(OrThrow(config::Conninfo::Parse(Secret(arena.MonitorDsn()))), "", clock_),
        collector_(MakeCollector(options)) {}

  Figures Measure() {
    session_ = Connect({});
    WarmUp();
    const double scans = arena_.Number(kSequentialScans);
    Figures figures;
    figures.collections = MeasureLive();
    figures.tight = MeasureTight();
    if (options_.explain) {
      Explain();
    }
    OrThrow(session_->Query("SELECT pg_stat_force_next_flush()"));
    OrThrow(session_->Query("SELECT 1"));
    figures.sequential_scans = arena_.Number(kSequentialScans) - scans;
    session_ = Connect({.statement = std::chrono::minutes(10)});
    figures.naive = MeasureNaive();
    return figures;
  }

 private:
  static std::unique_ptr<collectors::Collector> MakeCollector(const Options& options) {
    const auto spec = std::find_if(collectors::kCollectors.begin(), collectors::kCollectors.end(),
                                   [](const auto* each) { return each->name == "game"; });
    return (*spec)->make(
        {.interval = seconds(options.interval_seconds), .games = {collectors::GameOptions{}}});
  }

  std::unique_ptr<MeasuredSession> Connect(const exporter::SessionLimits& limits) {
    auto made = factory_.Connect(limits, {});
    if (!made) {
      throw std::runtime_error(made.error().error.message);
    }
    return OrThrow(MeasuredSession::Make(*std::move(made), clock_));
  }

  void Collect() {
    OrThrow(collector_->Collect({.session = *session_, .clock = clock_, .log = logger_}, sink_));
    sink_.Take();
  }

  void WaitUntil(SteadyTime when) {
    if (!clock_.SleepUntil(when, options_.arena.stop)) {
      throw std::runtime_error("stopped");
    }
  }

  void Wait(Duration length) { WaitUntil(clock_.SteadyNow() + length); }

  void WarmUp() {
    for (int i = 0; i < kWarmUp; ++i) {
      Collect();
      Wait(kWarmUpInterval);
    }
  }

  /// What `work` cost, by the session and by the server's own count.
  template <typename Work>
  Cost CostOf(const Work& work) {
    const Cost before = ServerCount();
    session_->TakeCost();
    work();
    Cost cost = session_->TakeCost();
    const Cost after = ServerCount();
    cost.buffers = after.buffers - before.buffers;
    cost.statements = after.statements - before.statements;
    return cost;
  }

  Cost ServerCount() const {
    const std::string text = arena_.Run(kBuffersAndCalls);
    Cost count;
    const char* const end = text.data() + text.size();
    const auto buffers = std::from_chars(text.data(), end, count.buffers);
    std::from_chars(buffers.ptr + 1, end, count.statements);
    return count;
  }

  std::vector<Cost> MeasureLive() {
    std::vector<Cost> costs;
    SteadyTime next = clock_.SteadyNow();
    for (int i = 0; i < options_.collections; ++i) {
      next += seconds(options_.interval_seconds);
      WaitUntil(next);
      costs.push_back(CostOf([&] { Collect(); }));
    }
    return costs;
  }

  /// The query of one whole interval over and over, as the collector sent it.
  Cost MeasureTight() {
    Wait(seconds(options_.interval_seconds));
    session_->TakeCost();
    Collect();
    const std::string query = session_->first_query();
    Cost cost = CostOf([&] {
      for (int i = 0; i < kTightRounds; ++i) {
        OrThrow(session_->Query(query));
      }
    });
    for (double Cost::*member :
         {&Cost::cpu_ms, &Cost::wall_ms, &Cost::round_trips, &Cost::statements, &Cost::buffers}) {
      cost.*member /= kTightRounds;
    }
    return cost;
  }

  /// Prints what the server did for the last collection's rows.
  void Explain() {
    std::string query = session_->first_query();
    query.insert(query.rfind("EXECUTE"), "EXPLAIN (ANALYZE, BUFFERS) ");
    const collectors::Rows plan = OrThrow(session_->Query(query));
    for (std::size_t row = 0; row < plan.size(); ++row) {
      fmt::print("{}\n", plan.Text(row, 0).value_or(""));
    }
  }

  Cost MeasureNaive() {
    return CostOf([&] {
      for (const std::string_view sql : kNaiveSql) {
        OrThrow(session_->Query(sql));
      }
    });
  }

  Arena& arena_;
  const Options& options_;
  const Clock& clock_ = SystemClock();
  const Logger logger_ = Log(LogLevel::kWarn, LogFormat::kLogfmt).For("bench");
  exporter::PostgresSessionFactory factory_;
  const std::unique_ptr<collectors::Collector> collector_;
  collectors::SampleSink sink_{{}};
  std::unique_ptr<MeasuredSession> session_;
};

Figures MeasureSetting(Arena& arena, const Options& options, int rate) {
  OrThrow(arena.StartPlay(rate > 0 ? rate : kRateBeforeFreeze));
  if (rate == 0) {
    arena.FreezePlay();
  }
  Figures figures = Setting(arena, options).Measure();
  if (rate > 0) {
    arena.StopPlay();
  }
  return figures;
}

std::vector<Figures> MeasureAll(const Options& options) {
  std::vector<Figures> all;
  fmt::print("{}\n", FiguresHead());
  for (const std::int64_t moves : options.moves) {
    for (const bool prepared : {false, true}) {
      // One of its own for each, so that neither finds what the other left on the pages.
      const auto arena = OrThrow(Arena::Make(options.arena, moves));
      for (const std::string& setting : options.settings) {
        arena->Run(fmt::format("ALTER ROLE hakem SET {}", setting));
      }
      if (prepared) {
        OrThrow(arena->Prepare());
      }
      for (const int rate : options.rates) {
        Figures figures = MeasureSetting(*arena, options, rate);
        figures.moves = moves;
        figures.prepared = prepared;
        figures.moves_per_second = rate;
        fmt::print("{}\n", FiguresLine(figures));
        std::fflush(stdout);
        all.push_back(std::move(figures));
      }
    }
  }
  return all;
}

std::string_view Verdict(const Target& target) {
  return std::isnan(target.found) ? "was not measured" : target.holds() ? "holds" : "MISSES";
}

int Run(const Options& options) {
  bool all_hold = true;
  const std::vector<Target> targets = Judge(MeasureAll(options));
  fmt::print("\n");
  for (const Target& target : targets) {
    all_hold = all_hold && target.holds();
    fmt::print("{:<48} {:>8.2f} of {:>6.2f} {} ({})\n", target.promise, target.found, target.limit,
               Verdict(target), target.beside);
  }
  return all_hold ? 0 : 1;
}

int Main(int argc, char** argv) {
  const cli::StopSignals signals;
  Options options;
  options.arena.stop = signals.token();
  CLI::App app(
      "What one collection of the game costs the database, and whether that is as little "
      "as promised");
  app.add_option("--moves", options.moves, "table sizes, smallest first")
      ->delimiter(',')
      ->capture_default_str();
  app.add_option("--rates", options.rates, "moves a second; 0: standing games, vacuumed tables")
      ->delimiter(',')
      ->capture_default_str();
  app.add_option("--collections", options.collections, "in each setting")->capture_default_str();
  app.add_option("--interval", options.interval_seconds, "seconds between them")
      ->capture_default_str();
  app.add_option("--games", options.arena.games, "live at any time")->capture_default_str();
  app.add_option("--cache", options.arena.cache_folder,
                 "where loaded clusters are kept, 0.4 GB a million moves")
      ->capture_default_str();
  app.add_option("--set", options.settings, "name=value of the server, for Hakem's role: to try");
  app.add_flag("--explain", options.explain, "print the collection's plan in each setting");
  CLI11_PARSE(app, argc, argv);
  try {
    return Run(options);
  } catch (const std::exception& error) {
    fmt::print(stderr, "game_cost: {}\n", error.what());
    return 2;
  }
}

}  // namespace
}  // namespace hakem::bench

int main(int argc, char** argv) {
  return hakem::bench::Main(argc, argv);
}

// Half an hour (or HAKEM_SOAK_SECONDS) of play at 400 moves a second while Hakem collects and saves
// the history. Counters must stay exact, nothing may grow, and Hakem must use less than a hundredth
// of a core.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "model/clock.h"
#include "process/child_process.h"
#include "tests/support/game/hokm_database.h"
#include "tests/support/paths.h"
#include "tests/support/programs/hakem_process.h"
#include "tests/support/scratch_folder.h"

namespace hakem {
namespace {

using std::chrono::seconds;

seconds Length() {
  const char* text = std::getenv("HAKEM_SOAK_SECONDS");
  return seconds(text == nullptr ? 1'800 : std::atoi(text));
}

double Number(std::string_view text) {
  double number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

/// Sum of all series of a family that have this label.
double Sum(std::string_view page, std::string_view family, std::string_view label = "") {
  double sum = 0;
  while (!page.empty()) {
    const std::string_view line = page.substr(0, page.find('\n'));
    page.remove_prefix(std::min(page.size(), line.size() + 1));
    if (line.starts_with(family) && line.substr(family.size()).starts_with('{') &&
        line.find(label) != std::string_view::npos) {
      sum += Number(line.substr(line.rfind(' ') + 1));
    }
  }
  return sum;
}

/// A counter, and SQL that returns its correct value.
struct Counter {
  std::string_view family;
  std::string_view label;
  std::string_view sql;
};

constexpr Counter kCounters[] = {
    {"game_moves_total", "", "SELECT count(*) FROM hokm_game.game_moves"},
    {"game_moves_total", R"(move_type="play_card")",
     "SELECT count(*) FROM hokm_game.game_moves WHERE move_type = 'play_card'"},
    {"game_move_response_seconds_count", "",
     "SELECT count(response_time) FROM hokm_game.game_moves"},
    {"game_sessions_created_total", "", "SELECT count(*) FROM hokm_game.game_sessions"},
    {"game_sessions_created_total", R"(game_type="tournament")",
     "SELECT count(*) FROM hokm_game.game_sessions WHERE game_type = 'tournament'"},
    {"game_sessions_started_total", "", "SELECT count(started_at) FROM hokm_game.game_sessions"},
    {"game_sessions_finished_total", R"(outcome="completed")",
     "SELECT count(*) FROM hokm_game.game_sessions WHERE status = 'completed'"},
    {"game_sessions_finished_total", R"(outcome="abandoned")",
     "SELECT count(*) FROM hokm_game.game_sessions WHERE status = 'abandoned'"},
    {"game_sessions_finished_total", R"(outcome="cancelled")",
     "SELECT count(*) FROM hokm_game.game_sessions WHERE status = 'cancelled'"},
    {"game_duration_seconds_count", "", "SELECT count(*) FROM hokm_game.game_history"},
    {"game_connections_opened_total", "", "SELECT count(*) FROM hokm_game.websocket_connections"},
    {"game_disconnections_total", "",
     "SELECT count(*) FROM hokm_game.websocket_connections WHERE NOT is_active"},
    {"game_disconnections_total", R"(reason="ping_timeout")",
     "SELECT count(*) FROM hokm_game.websocket_connections "
     "WHERE disconnect_reason = 'ping_timeout'"},
};

/// The process's own metrics at one time.
struct Footprint {
  double memory_bytes = 0;
  double history_bytes = 0;  ///< Part of them: the samples of the last day.
  double cpu_seconds = 0;
};

/// The history grows until it holds a day. Its reported size may be added, and a quarter of that
/// for the allocator's rounding. Everything else has reached its size after the first quarter of
/// the time, when every series, kind of move and alert exists.
double AllowedMemory(const Footprint& first, const Footprint& last) {
  constexpr double kAllocator = 1.25;
  constexpr double kNoise = 1.1;
  return kNoise * first.memory_bytes + kAllocator * (last.history_bytes - first.history_bytes);
}

class Steady : public testing::Test {
 protected:
  void SetUp() override {
    const std::string target =
        fmt::format("{} password={}", database.MonitorDsn(), kCanaryPassword);
    // Without the indexes, connections that last less than an interval are not counted.
    const ProgramRun setup =
        RunHakem({"setup", "--indexes", "--yes", "--admin", database.AdminDsn()},
                 {{"DATA_SOURCE_NAME", target}});
    ASSERT_EQ(setup.status, 0) << setup.errors;
    auto started =
        ServingHakem::Start({{"DATA_SOURCE_NAME", target}, {"STATE_DIRECTORY", state.path()}});
    ASSERT_TRUE(started) << started.error().message;
    hakem = *std::move(started);
    ASSERT_TRUE(Eventually(seconds(20), [&] { return hakem->Metric("pg_up") == 1; }));
  }

  Footprint Now() const {
    return {hakem->Metric("process_resident_memory_bytes").value_or(0),
            hakem->Metric("hakem_tsdb_bytes").value_or(0),
            hakem->Metric("process_cpu_seconds_total").value_or(0)};
  }

  /// Lets time pass; returns the process's metrics after each quarter of it.
  std::vector<Footprint> WatchQuarters() const {
    const SteadyTime began = SystemClock().SteadyNow();
    std::vector<Footprint> quarters;
    for (int quarter = 1; quarter <= 4; ++quarter) {
      SystemClock().SleepUntil(began + Length() * quarter / 4, {});
      quarters.push_back(Now());
      fmt::print("after {} s: {:.1f} MB, of which history {:.1f}; {:.2f} CPU seconds\n",
                 Length().count() * quarter / 4, quarters.back().memory_bytes / 1e6,
                 quarters.back().history_bytes / 1e6, quarters.back().cpu_seconds);
      std::fflush(stdout);
    }
    return quarters;
  }

  void ExpectCountersEqualTables() const {
    for (const Counter& counter : kCounters) {
      const double expected = Number(database.Run(counter.sql));
      double reported = 0;
      EXPECT_TRUE(Eventually(seconds(30),
                             [&] {
                               reported =
                                   Sum(hakem->Page("/metrics"), counter.family, counter.label);
                               return reported == expected;
                             }))
          << counter.family << counter.label << ": " << reported << " of " << expected;
      fmt::print("{}{{{}}} {:.0f} of {:.0f}\n", counter.family, counter.label, reported, expected);
    }
  }

  double HistoryOnDisk() const {
    double bytes = 0;
    for (const auto& file : std::filesystem::directory_iterator(state.path())) {
      const bool is_history = file.path().filename().string().starts_with("history.db");
      bytes += is_history ? static_cast<double>(file.file_size()) : 0;
    }
    return bytes;
  }

  HokmDatabase database;
  ScratchFolder state;
  std::unique_ptr<ServingHakem> hakem;
};

TEST_F(Steady, CountersEqualTheTablesAndNothingGrows) {
  auto players = process::ChildProcess::Start(
      {.argv = {HakemProgram(), "simulate", "--dsn", database.AdminDsn(), "--games", "200",
                "--players", "1200", "--connections", "8", "--moves-per-second", "400",
                "--duration", fmt::format("{}s", Length().count())}});
  ASSERT_TRUE(players) << players.error().message;
  const std::vector<Footprint> quarters = WatchQuarters();
  EXPECT_EQ(players->WaitFor(seconds(120)), 0);

  ExpectCountersEqualTables();
  EXPECT_EQ(hakem->Metric("game_active_games{game=\"hokm_game\"}"), 0);
  EXPECT_EQ(hakem->Metric("game_online_players{game=\"hokm_game\"}"), 0);
  EXPECT_LT(quarters.back().memory_bytes, AllowedMemory(quarters.front(), quarters.back()));
  const double cpu = quarters.back().cpu_seconds - quarters.front().cpu_seconds;
  EXPECT_LT(cpu, 0.01 * 0.75 * ToSeconds(Length()));
  const double history = HistoryOnDisk();
  fmt::print("history on disk: {:.1f} MB\n", history / 1e6);
  EXPECT_GT(history, 10'000 * ToSeconds(Length()) / 60) << "the history was not saved";
}

}  // namespace
}  // namespace hakem

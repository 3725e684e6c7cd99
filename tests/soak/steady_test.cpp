// Ten minutes of play with Hakem attached (HAKEM_SOAK_SECONDS for another length): nothing drifts,
// nothing grows.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "demo/child_process.h"
#include "model/clock.h"
#include "tests/support/hakem_process.h"
#include "tests/support/hokm_database.h"
#include "tests/support/paths.h"

namespace hakem {
namespace {

using std::chrono::seconds;

seconds Length() {
  const char* text = std::getenv("HAKEM_SOAK_SECONDS");
  return seconds(text == nullptr ? 600 : std::atoi(text));
}

/// Sum of all series of a family, by the start of their text.
double Sum(const ServingHakem& hakem, std::string_view family) {
  const std::string page = hakem.Page("/metrics");
  double sum = 0;
  for (std::size_t at = 0; at < page.size();) {
    const std::size_t end = page.find('\n', at);
    const std::string line = page.substr(at, end - at);
    if (line.starts_with(std::string(family) + "{")) {
      sum += std::stod(line.substr(line.rfind(' ')));
    }
    at = end + 1;
  }
  return sum;
}

TEST(Steady, CountersEqualTheTablesAndMemoryDoesNotGrow) {
  HokmDatabase database;
  auto hakem =
      ServingHakem::Start({{"DATA_SOURCE_NAME", fmt::format("{} password={}", database.MonitorDsn(),
                                                            kCanaryPassword)}});
  ASSERT_TRUE(hakem) << hakem.error().message;
  ASSERT_TRUE(Eventually(seconds(20), [&] { return (*hakem)->Metric("pg_up") == 1; }));
  auto players = demo::ChildProcess::Start(
      {.argv = {HakemProgram(), "simulate", "--dsn", database.AdminDsn(), "--games", "100",
                "--moves-per-second", "100", "--duration", fmt::format("{}s", Length().count())}});
  ASSERT_TRUE(players) << players.error().message;
  SystemClock().SleepUntil(SystemClock().SteadyNow() + Length() / 4, {});
  const double memory_before = (*hakem)->Metric("process_resident_memory_bytes").value_or(0);
  const double cpu_before = (*hakem)->Metric("process_cpu_seconds_total").value_or(0);
  EXPECT_EQ(players->WaitFor(Length() + seconds(60)), 0);
  const double cpu = (*hakem)->Metric("process_cpu_seconds_total").value_or(0) - cpu_before;

  const double moves = std::stod(database.Run("SELECT count(*) FROM hokm_game.game_moves"));
  EXPECT_GT(moves, 0);
  EXPECT_TRUE(Eventually(seconds(15), [&] { return Sum(**hakem, "game_moves_total") == moves; }))
      << Sum(**hakem, "game_moves_total") << " of " << moves;
  EXPECT_LT((*hakem)->Metric("process_resident_memory_bytes").value_or(0), memory_before * 1.1);
  EXPECT_LT(cpu, 0.01 * ToSeconds(Length()));
  EXPECT_EQ((*hakem)->Metric("game_active_games{game=\"hokm_game\"}"), 0);
}

}  // namespace
}  // namespace hakem

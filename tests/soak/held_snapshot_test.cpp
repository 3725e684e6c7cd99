// Minutes (or HAKEM_SOAK_SECONDS) of updates while somebody holds a snapshot. The page must answer
// at once, ages must be reported, and active games must be correct although their scan is too slow.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "model/clock.h"
#include "process/child_process.h"
#include "process/temporary_folder.h"
#include "tests/support/game/hokm_database.h"
#include "tests/support/paths.h"
#include "tests/support/programs/hakem_process.h"

namespace hakem {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int kLobbies = 30'000;

constexpr auto kLive = R"(
  SELECT count(*) FROM hokm_game.game_sessions
  WHERE status IN ('waiting', 'starting', 'active', 'paused'))";

seconds Length() {
  const char* text = std::getenv("HAKEM_SOAK_SECONDS");
  return seconds(text == nullptr ? 300 : std::atoi(text));
}

TEST(HeldSnapshot, KeepsThePageFastAndActiveGamesCorrect) {
  HokmDatabase database;
  database.Run(
      fmt::format("INSERT INTO hokm_game.game_sessions (room_id) "
                  "SELECT 'lobby' || i FROM generate_series(1, {}) i",
                  kLobbies));
  const auto folder = process::MakeTemporaryFolder("hakem-soak");
  ASSERT_TRUE(folder) << folder.error().message;
  // With a short statement timeout, minutes have the effect of hours at 2 s.
  std::ofstream(*folder + "/hakem.yml") << fmt::format(
      "targets: [{{name: hokm, dsn: {} password={}}}]\ncollect: {{timeout: 150ms}}\n",
      database.MonitorDsn(), kCanaryPassword);
  auto hakem =
      ServingHakem::Start({}, {"--config", *folder + "/hakem.yml", "--state.directory", *folder});
  ASSERT_TRUE(hakem) << hakem.error().message;
  auto players = process::ChildProcess::Start(
      {.argv = {HakemProgram(), "simulate", "--dsn", database.AdminDsn(), "--games", "100",
                "--moves-per-second", "200", "--duration", fmt::format("{}s", Length().count())}});
  ASSERT_TRUE(players) << players.error().message;
  const auto metric = [&](std::string_view name) {
    return (*hakem)
        ->Metric(fmt::format("{}{{game=\"hokm_game\",server=\"hokm\"}}", name))
        .value_or(-1);
  };
  ASSERT_TRUE(Eventually(seconds(60), [&] { return metric("game_sessions_playing") > 50; }));

  // A statement holds its snapshot while it runs.
  const std::jthread holder([&] {
    database.Run(fmt::format("SELECT pg_sleep({}) FROM (SELECT count(*) FROM hokm_game.players) p",
                             Length().count()));
  });
  const std::jthread churn([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      database.Run(
          "SET session_replication_role = replica; UPDATE hokm_game.game_sessions "
          "SET updated_at = clock_timestamp() WHERE room_id LIKE 'lobby%'");
    }
  });
  Duration slowest{0};
  double oldest_scan = 0;
  double worst = 0;
  const SteadyTime end = SystemClock().SteadyNow() + Length() - seconds(20);
  while (SystemClock().SteadyNow() < end) {
    const SteadyTime before = SystemClock().SteadyNow();
    const double active = metric("game_active_games");
    slowest =
        std::max(slowest, std::chrono::duration_cast<Duration>(SystemClock().SteadyNow() - before));
    oldest_scan = std::max(oldest_scan, metric("game_live_scan_age_seconds"));
    worst = std::max(worst, std::abs(active - std::stod(database.Run(kLive))));
    SystemClock().SleepUntil(before + seconds(2), {});
  }
  fmt::print("slowest page {} ms, oldest scan {} s, active games off by {} of {}\n",
             slowest.count(), oldest_scan, worst, kLobbies + 100);
  EXPECT_LT(slowest, seconds(1));
  EXPECT_GT(oldest_scan, 5) << "the scan was never too long";
  EXPECT_LT(worst, 30) << "of 100 games a few begin or end between two looks";
  std::filesystem::remove_all(*folder);
}

}  // namespace
}  // namespace hakem

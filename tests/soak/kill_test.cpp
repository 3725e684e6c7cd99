// Kills Hakem twenty times (or HAKEM_SOAK_KILLS times) while a game is played and its pages are
// read. Each time the history must be complete except for the last half minute.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <random>
#include <thread>

#include "model/clock.h"
#include "process/child_process.h"
#include "state/history_store.h"
#include "state/state.h"
#include "tests/support/game/hokm_database.h"
#include "tests/support/http/http_get.h"
#include "tests/support/paths.h"
#include "tests/support/programs/hakem_process.h"
#include "tests/support/scratch_folder.h"
#include "tsdb/persistence/load_history.h"
#include "tsdb/persistence/save_loop.h"

namespace hakem {
namespace {

using std::chrono::seconds;

/// Allows for a tick, the save itself and a busy machine.
constexpr Duration kSlack = seconds(10);

int Kills() {
  const char* text = std::getenv("HAKEM_SOAK_KILLS");
  return text == nullptr ? 20 : std::atoi(text);
}

/// The history that a Hakem would load if it started now.
std::unique_ptr<tsdb::Store> Load(const std::string& directory) {
  const Log log = Log::Silent();
  const auto state = state::State::Open(directory, {.clock = SystemClock(), .log = log});
  EXPECT_TRUE(state) << state.error().message;
  auto store = std::make_unique<tsdb::Store>();
  state::HistoryStore disk(*state->history());
  tsdb::LoadHistory(disk, *store, log.For("tsdb"));
  return store;
}

/// A checksum of all points up to a time.
std::uint64_t HashUntil(const tsdb::Store& store, Timestamp until) {
  std::uint64_t hash = 0;
  for (const auto& series : store.Select({}, Timestamp::min(), until)) {
    hash = hash * 31 + series.series->labels.hash();
    for (const tsdb::Point& point : series.points) {
      hash = hash * 31 + static_cast<std::uint64_t>(point.time.time_since_epoch().count());
      hash = hash * 31 + std::bit_cast<std::uint64_t>(point.value);
    }
  }
  return hash;
}

bool HasDamagedFile(const std::string& directory) {
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (entry.path().filename().string().find("damaged") != std::string::npos) {
      return true;
    }
  }
  return false;
}

TEST(Kill, LosesAtMostHalfAMinuteOfHistory) {
  HokmDatabase database;
  auto players = process::ChildProcess::Start(
      {.argv = {HakemProgram(), "simulate", "--dsn", database.AdminDsn(), "--games", "100",
                "--moves-per-second", "200"}});
  ASSERT_TRUE(players) << players.error().message;
  const ScratchFolder folder;
  std::mt19937 random(7);
  std::optional<Timestamp> last_time;
  std::uint64_t last_hash = 0;
  for (int kill = 1; kill <= Kills(); ++kill) {
    auto hakem = ServingHakem::Start(
        {{"DATA_SOURCE_NAME",
          fmt::format("{} password={}", database.MonitorDsn(), kCanaryPassword)},
         {"STATE_DIRECTORY", folder.path()}});
    ASSERT_TRUE(hakem) << hakem.error().message;
    const Timestamp started = SystemClock().Now();
    {
      const std::jthread reader([port = (*hakem)->port()](const std::stop_token& stop) {
        while (!stop.stop_requested()) {
          static_cast<void>(HttpGet(port, "/metrics"));
        }
      });
      const Duration life = seconds(2) + Duration(random() % 60'000);
      SystemClock().SleepUntil(SystemClock().SteadyNow() + life, {});
    }
    const Timestamp killed = SystemClock().Now();
    hakem->reset();  // SIGKILL

    const auto store = Load(folder.path());
    EXPECT_FALSE(HasDamagedFile(folder.path())) << "kill " << kill;
    const auto newest = store->Stats().max_time;
    if (killed - started > tsdb::kSaveInterval + kSlack) {
      ASSERT_TRUE(newest);
      EXPECT_GE(*newest, killed - tsdb::kSaveInterval - kSlack) << "kill " << kill;
    }
    if (last_time) {
      EXPECT_EQ(HashUntil(*store, *last_time), last_hash)
          << "kill " << kill << ": what was there before is there still";
    }
    fmt::print("kill {}: lived {:.1f} s, history of {} samples ends {:.1f} s before\n", kill,
               ToSeconds(killed - started), store->Stats().samples_total,
               newest ? ToSeconds(killed - *newest) : -1);
    std::fflush(stdout);
    last_time = newest;
    last_hash = last_time ? HashUntil(*store, *last_time) : 0;
  }
  EXPECT_TRUE(last_time) << "no life was long enough";
}

}  // namespace
}  // namespace hakem

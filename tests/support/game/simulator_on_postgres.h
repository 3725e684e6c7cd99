#pragma once

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <memory>
#include <pqxx/pqxx>
#include <string>
#include <utility>

#include "process/private_postgres.h"
#include "simulator/simulation.h"
#include "tests/support/game/contradictions.h"
#include "tests/support/matchers.h"
#include "tests/support/programs/hakem_process.h"

namespace hakem::simulator {

using process::PrivatePostgres;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// How long a test waits for an expected event.
inline constexpr Duration kPatience = seconds(30);

/// The system clock, which also records how long its callers sleep.
class WatchedClock final : public Clock {
 public:
  Timestamp Now() const override { return SystemClock().Now(); }

  SteadyTime SteadyNow() const override { return SystemClock().SteadyNow(); }

  bool SleepUntil(SteadyTime deadline, const std::stop_token& stop) const override {
    const auto length = std::chrono::ceil<Duration>(deadline - SteadyNow());
    longest_ = std::max(longest_.load(), length);
    return SystemClock().SleepUntil(deadline, stop);
  }

  /// Waits until a caller sleeps for this long. A world sleeps for milliseconds until its next
  /// event; the simulator sleeps 250 ms after a failure, 500 ms after the next one, and so on.
  [[nodiscard]] bool EventuallySleeps(Duration length) const {
    longest_ = Duration(0);
    return Eventually(kPatience, [&] { return longest_.load() >= length; });
  }

 private:
  mutable std::atomic<Duration> longest_ = Duration(0);
};

/// One server for all tests of a file. Each test has a database of its own.
class SimulatorOnPostgres : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto made = PrivatePostgres::Make();
    ASSERT_THAT(made, IsOk());
    server = std::move(*made);
  }

  static void TearDownTestSuite() { server.reset(); }

  void SetUp() override {
    static int databases = 0;
    database = fmt::format("hokm_{}", ++databases);
    pqxx::connection connection(server->Dsn());
    pqxx::nontransaction(connection).exec("CREATE DATABASE " + database);
  }

  std::string Dsn() const { return server->Dsn(database); }

  /// Returns the only cell of the only row.
  std::string Ask(std::string_view sql) const {
    pqxx::connection connection(Dsn());
    return pqxx::nontransaction(connection).exec1(std::string(sql))[0].as<std::string>("NULL");
  }

  long Count(std::string_view sql) const { return std::stol(Ask(sql)); }

  long LiveGames() const {
    return Count(
        "SELECT count(*) FROM hokm_game.game_sessions"
        " WHERE status IN ('waiting', 'starting', 'active', 'paused')");
  }

  long Moves() const { return Count("SELECT count(*) FROM hokm_game.game_moves"); }

  /// Waits until this many moves were written. Returns false if that takes too long.
  [[nodiscard]] bool EventuallyMoves(long at_least) const;

  void Execute(std::string_view sql) const {
    pqxx::connection connection(Dsn());
    pqxx::nontransaction(connection).exec(std::string(sql));
  }

  /// Returns options for games that are still being played when the test ends.
  SimulationOptions LongGames() const {
    return {.dsn = Secret(Dsn()),
            .world = {.games = 24, .moves_per_second = 100},
            .seed = 7,
            .create_schema = true};
  }

  /// Returns options for games of one round, so that some of every kind end within seconds.
  SimulationOptions ShortGames() const {
    SimulationOptions options = LongGames();
    options.world.moves_per_second = 300;
    options.world.rounds_to_win = 1;
    options.world.abandon_ratio = 0.2;
    return options;
  }

  static Result<SimulationReport> Run(const SimulationOptions& options, std::stop_token stop = {}) {
    return Simulate(options, SystemClock(), Log::Silent().For("simulator"), std::move(stop));
  }

  void ExpectNoContradictions() const;
  void ExpectDatabaseAgreesWith(const SimulationReport& report) const;

  std::string database;
  inline static std::unique_ptr<PrivatePostgres> server;
};

/// Runs a simulation in a thread of its own.
class RunningSimulation {
 public:
  explicit RunningSimulation(const SimulationOptions& options)
      : report_(std::async(std::launch::async, [this, options] {
          return Simulate(options, clock_, Log::Silent().For("simulator"), stop_.get_token());
        })) {}

  const WatchedClock& clock() const { return clock_; }

  Result<SimulationReport> Stop() {
    stop_.request_stop();
    return report_.get();
  }

  /// Waits until the simulation has ended.
  Result<SimulationReport> Finish() { return report_.get(); }

 private:
  WatchedClock clock_;
  std::stop_source stop_;
  std::future<Result<SimulationReport>> report_;
};

inline bool SimulatorOnPostgres::EventuallyMoves(long at_least) const {
  return Eventually(kPatience, [&] {
    return Ask("SELECT to_regclass('hokm_game.game_moves')") != "NULL" && Moves() >= at_least;
  });
}

inline void SimulatorOnPostgres::ExpectNoContradictions() const {
  for (const auto& [name, sql] : kContradictions) {
    EXPECT_EQ(Count(sql), 0) << name;
  }
}

inline void SimulatorOnPostgres::ExpectDatabaseAgreesWith(const SimulationReport& report) const {
  const auto games = [this](std::string_view condition) {
    return Count(fmt::format("SELECT count(*) FROM hokm_game.game_sessions WHERE {}", condition));
  };
  EXPECT_EQ(report.moves, Moves());
  EXPECT_EQ(report.games_opened, games("true"));
  EXPECT_EQ(report.games_started, games("started_at IS NOT NULL"));
  EXPECT_EQ(report.games_completed, games("status = 'completed'"));
  EXPECT_EQ(report.games_abandoned, games("status = 'abandoned'"));
  EXPECT_EQ(report.games_cancelled, games("status = 'cancelled'"));
  EXPECT_EQ(report.disconnections,
            Count("SELECT sum(disconnections) FROM hokm_game.game_participants"));
  EXPECT_EQ(report.games_lost, 0);
}

}  // namespace hakem::simulator

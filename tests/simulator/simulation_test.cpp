#include "simulator/simulation.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/support/matchers.h"

namespace hakem::simulator {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

/// A clock that advances only when someone sleeps. It can request a stop at a given time.
class SleepyClock final : public Clock {
 public:
  Timestamp Now() const override { return Timestamp(elapsed()); }

  SteadyTime SteadyNow() const override { return now_; }

  bool SleepUntil(SteadyTime deadline, const std::stop_token& stop) const override {
    now_ = std::max(now_, deadline);
    if (elapsed() >= stop_after) {
      stop_source.request_stop();
    }
    return !stop.stop_requested();
  }

  Duration elapsed() const { return std::chrono::duration_cast<Duration>(now_.time_since_epoch()); }

  Duration stop_after = Duration::max();
  mutable std::stop_source stop_source;

 private:
  mutable SteadyTime now_{};
};

/// Records the events that are written, and fails a given number of times.
class RecordingWriter final : public GameWriter {
 public:
  explicit RecordingWriter(const SleepyClock& clock) : clock_(clock) {}

  Result<void> Write(const Event& event) override {
    tried_at.push_back(clock_.elapsed());
    if (clock_.elapsed() >= down_from && clock_.elapsed() < down_until) {
      return Fail(ErrorCode::kUnavailable, "connection lost");
    }
    if (forgets && std::holds_alternative<GameStarted>(event)) {
      return Fail(ErrorCode::kNotFound, "the game is not in the database any more");
    }
    events.push_back(event);
    return {};
  }

  std::vector<Event> events;
  std::vector<Duration> tried_at;
  Duration down_from = Duration::max();
  Duration down_until = Duration::max();
  bool forgets = false;  ///< Reports every game as deleted when it starts.

 private:
  const SleepyClock& clock_;
};

class SimulationTest : public testing::Test {
 protected:
  static constexpr WorldOptions kOptions{.games = 5, .moves_per_second = 10, .abandon_ratio = 0};

  SimulationReport PlayFor(std::optional<Duration> duration) {
    World world(kOptions, 1);
    return Play(world, writer, duration, clock, log, clock.stop_source.get_token());
  }

  SleepyClock clock;
  RecordingWriter writer{clock};
  const Logger log = Log::Silent().For("simulator");
};

TEST_F(SimulationTest, WritesEventsForTheRequestedTime) {
  const SimulationReport report = PlayFor(minutes(2));

  EXPECT_EQ(report.elapsed, minutes(2));
  EXPECT_EQ(report.games_opened, 5);
  EXPECT_EQ(report.games_started, 5);
  EXPECT_NEAR(static_cast<double>(report.moves), 1'100, 150);
  EXPECT_EQ(report.transactions, static_cast<std::int64_t>(writer.events.size()));
  EXPECT_EQ(report.time_lost, Duration(0));
}

TEST_F(SimulationTest, EndsAllGamesWhenItEnds) {
  const SimulationReport report = PlayFor(seconds(30));

  EXPECT_EQ(report.games_cancelled, 5);
  EXPECT_TRUE(std::holds_alternative<GameEnded>(writer.events.back()));
  EXPECT_FALSE(report.left_games_live);
}

TEST_F(SimulationTest, EndsAllGamesWhenItIsStopped) {
  clock.stop_after = seconds(30);

  const SimulationReport report = PlayFor(std::nullopt);

  EXPECT_EQ(report.games_cancelled, 5);
}

TEST_F(SimulationTest, WaitsForAnUnavailableDatabaseAndLosesNoEvent) {
  writer.down_from = seconds(60);
  writer.down_until = seconds(90);

  const SimulationReport report = PlayFor(minutes(3));

  EXPECT_EQ(report.outages, 1);
  EXPECT_GE(report.time_lost, seconds(29));
  EXPECT_LE(report.time_lost, seconds(35));
  World same(kOptions, 1);
  std::size_t expected = 0;
  for (const Event& event : same.Advance(minutes(3) - report.time_lost)) {
    ASSERT_LT(expected, writer.events.size());
    EXPECT_EQ(writer.events.at(expected++).index(), event.index());
  }
}

TEST_F(SimulationTest, RetriesLessAndLessOften) {
  writer.down_from = seconds(0);
  clock.stop_after = seconds(30);

  const SimulationReport report = PlayFor(std::nullopt);

  std::vector<Duration> gaps;
  for (std::size_t i = 1; i < 8; ++i) {
    gaps.push_back(writer.tried_at.at(i) - writer.tried_at.at(i - 1));
  }
  using std::chrono::milliseconds;
  EXPECT_THAT(gaps, testing::ElementsAre(milliseconds(250), milliseconds(500), milliseconds(1000),
                                         milliseconds(2000), milliseconds(4000), milliseconds(5000),
                                         milliseconds(5000)));
  EXPECT_TRUE(report.left_games_live);
}

TEST_F(SimulationTest, EndsInTimeEvenIfTheDatabaseIsUnavailable) {
  writer.down_from = seconds(0);

  const SimulationReport report = PlayFor(seconds(30));

  EXPECT_EQ(report.elapsed, seconds(30));
  EXPECT_EQ(report.transactions, 0);
  EXPECT_TRUE(report.left_games_live);
}

TEST_F(SimulationTest, ContinuesWithoutADeletedGame) {
  writer.forgets = true;

  const SimulationReport report = PlayFor(minutes(2));

  EXPECT_GT(report.games_lost, 5);
  EXPECT_EQ(report.games_started, 0);
  EXPECT_GT(report.games_opened, 10);
}

struct InvalidCase {
  std::string name;
  void (*spoil)(SimulationOptions&);
  std::string message;
};

class ValidateSimulationTest : public testing::TestWithParam<InvalidCase> {};

TEST_P(ValidateSimulationTest, NamesTheOption) {
  SimulationOptions options;
  GetParam().spoil(options);

  EXPECT_THAT(ValidateSimulation(options), HasMessage(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Options, ValidateSimulationTest,
    testing::Values(
        InvalidCase{"NoGames", [](SimulationOptions& o) { o.world.games = 0; },
                    "--games 0 is out of range: 1 to 100000"},
        InvalidCase{"NoMoves", [](SimulationOptions& o) { o.world.moves_per_second = 0; },
                    "--moves-per-second 0 is out of range: 0.001 to 100000"},
        InvalidCase{"NoRounds", [](SimulationOptions& o) { o.world.rounds_to_win = 0; },
                    "--rounds-to-win 0 is out of range: 1 to 99"},
        InvalidCase{"Percent", [](SimulationOptions& o) { o.world.abandon_ratio = 5; },
                    "--abandon-ratio 5 is out of range: 0 to 1"},
        InvalidCase{"IdleConnections", [](SimulationOptions& o) { o.connections = 21; },
                    "--connections 21 is out of range: 1 to 20"},
        InvalidCase{"FewPlayers",
                    [](SimulationOptions& o) {
                      o.world.players = 100;
                      o.world.burst = Burst{.after = seconds(9), .games = 6, .length = seconds(9)};
                    },
                    "--players 100 are too few: 26 games at a time need 104"},
        InvalidCase{"EmptyBurst",
                    [](SimulationOptions& o) { o.world.burst = Burst{.length = seconds(9)}; },
                    "--burst-games 0 is out of range: 1 to 100000"},
        InvalidCase{"ShortBurst", [](SimulationOptions& o) { o.world.burst = Burst{.games = 9}; },
                    "--burst-length 0 is out of range: 1 to 86400"}),
    [](const auto& row) { return row.param.name; });

TEST(ValidateSimulation, AcceptsTheDefaults) {
  EXPECT_THAT(ValidateSimulation(SimulationOptions()), IsOk());
}

}  // namespace
}  // namespace hakem::simulator

// The simulator on a real PostgreSQL with faults, and in a burst.
#include <gmock/gmock.h>

#include <pqxx/pqxx>
#include <string>
#include <vector>

#include "tests/support/game/simulator_on_postgres.h"
#include "tests/support/matchers.h"

namespace hakem::simulator {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_F(SimulatorOnPostgres, ChangesNothingWhenAnEventIsWrittenTwice) {
  const WorldOptions options{
      .games = 4, .moves_per_second = 40, .rounds_to_win = 1, .abandon_ratio = 0.3};
  const auto cast = PrepareDatabase(Secret(Dsn()), options.players, MissingSchema::kCreate);
  ASSERT_THAT(cast, IsOk());
  const auto writer = MakeDatabaseWriter(Secret(Dsn()), *cast);
  World world(options, 3);
  long moves = 0;
  const auto write_twice = [&](const std::vector<Event>& events) {
    for (const Event& event : events) {
      ASSERT_THAT(writer->Write(event), IsOk());
      ASSERT_THAT(writer->Write(event), IsOk());
      moves += std::holds_alternative<MovePlayed>(event) ? 1 : 0;
    }
  };

  write_twice(world.Advance(seconds(90)));
  write_twice(world.Close());

  ExpectNoContradictions();
  EXPECT_EQ(moves, Moves());
  EXPECT_GT(moves, 300);
  for (const std::string status : {"completed", "abandoned", "cancelled"}) {
    EXPECT_GT(Count(fmt::format("SELECT count(*) FROM hokm_game.game_sessions WHERE status = '{}'",
                                status)),
              0)
        << status;
  }
}

TEST_F(SimulatorOnPostgres, LosesNothingWhenTheServerCrashes) {
  RunningSimulation simulation(LongGames());
  ASSERT_TRUE(EventuallyMoves(200));

  server->Stop(PrivatePostgres::StopMode::kImmediate);
  // At its third try it is too late to catch up.
  ASSERT_TRUE(simulation.clock().EventuallySleeps(milliseconds(900)));
  ASSERT_THAT(server->Start(), IsOk());
  EXPECT_TRUE(EventuallyMoves(Moves() + 100));

  const auto report = simulation.Stop();
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->outages, 1);
  EXPECT_GE(report->time_lost, milliseconds(500));
  ExpectNoContradictions();
  ExpectDatabaseAgreesWith(*report);
}

TEST_F(SimulatorOnPostgres, WaitsForATableThatIsLocked) {
  RunningSimulation simulation(LongGames());
  ASSERT_TRUE(EventuallyMoves(100));
  {
    pqxx::connection connection(Dsn());
    pqxx::work locking(connection);
    locking.exec("LOCK TABLE hokm_game.game_participants IN ACCESS EXCLUSIVE MODE");
    ASSERT_TRUE(simulation.clock().EventuallySleeps(milliseconds(200)));
  }
  EXPECT_TRUE(EventuallyMoves(Moves() + 100));

  const auto report = simulation.Stop();
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->outages, 1);
  ExpectNoContradictions();
  ExpectDatabaseAgreesWith(*report);
}

TEST_F(SimulatorOnPostgres, ContinuesWithNewGamesAfterTheOldOnesAreDeleted) {
  RunningSimulation simulation(LongGames());
  ASSERT_TRUE(EventuallyMoves(100));

  Execute("TRUNCATE hokm_game.game_sessions, hokm_game.websocket_connections CASCADE");
  EXPECT_TRUE(EventuallyMoves(100));

  const auto report = simulation.Stop();
  ASSERT_THAT(report, IsOk());
  EXPECT_GT(report->games_lost, 0);
  EXPECT_EQ(LiveGames(), 0);
  ExpectNoContradictions();
}

TEST_F(SimulatorOnPostgres, RaisesTheNumberOfGamesInABurst) {
  SimulationOptions options = LongGames();
  options.world.burst = Burst{.after = seconds(2), .games = 30, .length = seconds(6)};
  RunningSimulation simulation(options);
  ASSERT_TRUE(EventuallyMoves(1));

  EXPECT_TRUE(Eventually(kPatience, [&] { return LiveGames() > 50; }));
  EXPECT_TRUE(Eventually(kPatience, [&] { return LiveGames() <= 24; }));

  const auto report = simulation.Stop();
  ASSERT_THAT(report, IsOk());
  EXPECT_GE(report->games_cancelled, 54);
  ExpectNoContradictions();
}

TEST_F(SimulatorOnPostgres, EndsTheGamesOfAKilledRun) {
  const auto cast = PrepareDatabase(Secret(Dsn()), 20, MissingSchema::kCreate);
  ASSERT_THAT(cast, IsOk());
  World world({.games = 5, .moves_per_second = 5, .players = 20}, 1);
  const auto writer = MakeDatabaseWriter(Secret(Dsn()), *cast);
  for (const Event& event : world.Advance(seconds(30))) {
    ASSERT_THAT(writer->Write(event), IsOk());
  }
  ASSERT_EQ(LiveGames(), 5);

  ASSERT_THAT(PrepareDatabase(Secret(Dsn()), 20, MissingSchema::kRefuse), IsOk());

  EXPECT_EQ(Ask("SELECT string_agg(DISTINCT status, ',') FROM hokm_game.game_sessions"),
            "abandoned");
  EXPECT_EQ(
      Ask("SELECT string_agg(DISTINCT disconnect_reason, ',') FROM hokm_game.websocket_connections"
          " WHERE disconnect_reason LIKE 'server%'"),
      "server_restart");
  ExpectNoContradictions();
}

TEST_F(SimulatorOnPostgres, RefusesADatabaseWithoutTheSchema) {
  SimulationOptions options = LongGames();
  options.create_schema = false;

  EXPECT_THAT(Run(options),
              HasMessage("the database has no schema hokm_game: --create-schema makes it"));
}

TEST(Simulator, DoesNotQuoteAnInvalidConnectionString) {
  SimulationOptions options;
  options.dsn = Secret("host=127.0.0.1 password=se cret");

  EXPECT_THAT(Simulate(options, SystemClock(), Log::Silent().For("simulator"), {}),
              HasMessage("the connection string cannot be read: key=value pairs or a"
                         " postgresql:// URI are expected"));
}

TEST(Simulator, WaitsForAServerThatDoesNotAnswerUntilItIsStopped) {
  SimulationOptions options;
  options.dsn = Secret(fmt::format("host=127.0.0.1 port={}", process::FreePort()));
  RunningSimulation simulation(options);

  const auto report = simulation.Stop();

  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->transactions, 0);
}

TEST(Simulator, ReportsThatAServerNeverAnswered) {
  SimulationOptions options;
  options.dsn = Secret(fmt::format("host=127.0.0.1 port={}", process::FreePort()));
  options.duration = milliseconds(300);

  const auto report = Simulate(options, SystemClock(), Log::Silent().For("simulator"), {});

  EXPECT_THAT(report, HasCode(ErrorCode::kUnavailable));
}

}  // namespace
}  // namespace hakem::simulator

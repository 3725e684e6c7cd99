#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <future>
#include <memory>
#include <pqxx/pqxx>
#include <string>
#include <thread>
#include <vector>

#include "demo/private_postgres.h"
#include "simulator/history.h"
#include "simulator/schema.h"
#include "simulator/simulation.h"
#include "tests/support/contradictions.h"
#include "tests/support/matchers.h"

namespace hakem::simulator {
namespace {

using demo::PrivatePostgres;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// One server for all tests of this file, which follow each other on it, each on a database of its
/// own.
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

  /// The only cell of the only row.
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

  /// Until then the simulator has not made the schema and written so much.
  [[nodiscard]] bool EventuallyMoves(long at_least) const;

  void Execute(std::string_view sql) const {
    pqxx::connection connection(Dsn());
    pqxx::nontransaction(connection).exec(std::string(sql));
  }

  /// Games that are still played when the test ends.
  SimulationOptions LongGames() const {
    return {.dsn = Secret(Dsn()),
            .world = {.games = 24, .moves_per_second = 100},
            .seed = 7,
            .create_schema = true};
  }

  /// Games of one round, so that some of every kind end within seconds.
  SimulationOptions ShortGames() const {
    SimulationOptions options = LongGames();
    options.world.moves_per_second = 200;
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

/// A simulation that runs while a test does something else.
class RunningSimulation {
 public:
  explicit RunningSimulation(const SimulationOptions& options)
      : report_(std::async(std::launch::async, [this, options] {
          return Simulate(options, SystemClock(), Log::Silent().For("simulator"),
                          stop_.get_token());
        })) {}

  Result<SimulationReport> Stop() {
    stop_.request_stop();
    return report_.get();
  }

 private:
  std::stop_source stop_;
  std::future<Result<SimulationReport>> report_;
};

/// Waits for something that has to come, 20 s at most.
template <typename Condition>
[[nodiscard]] bool Eventually(const Condition& condition) {
  for (int i = 0; i < 200; ++i) {
    if (condition()) {
      return true;
    }
    std::this_thread::sleep_for(milliseconds(100));
  }
  return false;
}

bool SimulatorOnPostgres::EventuallyMoves(long at_least) const {
  return Eventually([&] {
    return Ask("SELECT to_regclass('hokm_game.game_moves')") != "NULL" && Moves() >= at_least;
  });
}

void SimulatorOnPostgres::ExpectNoContradictions() const {
  for (const auto& [name, sql] : kContradictions) {
    EXPECT_EQ(Count(sql), 0) << name;
  }
}

void SimulatorOnPostgres::ExpectDatabaseAgreesWith(const SimulationReport& report) const {
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

TEST_F(SimulatorOnPostgres, WritesGamesOfEveryKindWithoutContradictions) {
  SimulationOptions options = ShortGames();
  options.duration = seconds(30);

  const auto report = Run(options);

  ASSERT_THAT(report, IsOk());
  ExpectNoContradictions();
  ExpectDatabaseAgreesWith(*report);
  EXPECT_GT(report->games_completed, 20);
  EXPECT_GT(report->games_cancelled, 0);
  EXPECT_GT(report->disconnections, report->games_abandoned);
  EXPECT_EQ(report->outages, 0);
}

TEST_F(SimulatorOnPostgres, KeepsTheAskedRateOnSeveralConnections) {
  SimulationOptions options = LongGames();
  options.connections = 3;
  options.duration = seconds(20);

  const auto report = Run(options);

  ASSERT_THAT(report, IsOk());
  ExpectNoContradictions();
  ExpectDatabaseAgreesWith(*report);
  // From when all games have started. A busy machine may fall behind, and says how far.
  constexpr double kSeconds = 8;
  const double moves = static_cast<double>(Count(R"(
    SELECT count(*) FROM hokm_game.game_moves, (SELECT min(created_at) + '11 s' AS began
                                                FROM hokm_game.game_sessions) g
    WHERE "timestamp" >= began AND "timestamp" < began + '8 s')"));
  EXPECT_LE(moves, 1.25 * 100 * kSeconds);
  EXPECT_GE(moves, 0.75 * 100 * (kSeconds - std::min(kSeconds, ToSeconds(report->time_lost))));
}

TEST_F(SimulatorOnPostgres, ChangesNothingByWritingAnEventTwice) {
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
}

TEST_F(SimulatorOnPostgres, LosesNothingWhenTheServerCrashes) {
  RunningSimulation simulation(LongGames());
  ASSERT_TRUE(EventuallyMoves(200));

  server->Stop(PrivatePostgres::StopMode::kImmediate);
  std::this_thread::sleep_for(milliseconds(1'500));
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
    locking.exec("SELECT pg_sleep(3)");
  }
  EXPECT_TRUE(EventuallyMoves(Moves() + 100));

  const auto report = simulation.Stop();
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->outages, 1);
  ExpectNoContradictions();
  ExpectDatabaseAgreesWith(*report);
}

TEST_F(SimulatorOnPostgres, GoesOnWithNewGamesWhenTheOldAreDeleted) {
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

  EXPECT_TRUE(Eventually([&] { return LiveGames() > 50; }));
  EXPECT_TRUE(Eventually([&] { return LiveGames() <= 24; }));

  const auto report = simulation.Stop();
  ASSERT_THAT(report, IsOk());
  EXPECT_GE(report->games_cancelled, 54);
  ExpectNoContradictions();
}

TEST_F(SimulatorOnPostgres, EndsWhatAKilledRunLeftLive) {
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

TEST_F(SimulatorOnPostgres, LoadsAPastWithoutContradictions) {
  const auto report = LoadHistory({.dsn = Secret(Dsn()),
                                   .days = 2,
                                   .moves = 20'000,
                                   .abandon_ratio = 0.2,
                                   .create_schema = true},
                                  SystemClock(), Log::Silent().For("simulator"), {});

  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->moves, Moves());
  EXPECT_EQ(report->games, Count("SELECT count(*) FROM hokm_game.game_sessions"));
  ExpectNoContradictions();
  EXPECT_GT(Count("SELECT count(*) FROM hokm_game.game_sessions WHERE status = 'abandoned'"), 0);
  EXPECT_EQ(Ask(R"(
    SELECT min(created_at) BETWEEN now() - interval '49 h' AND now() - interval '46 h'
           AND max(updated_at) BETWEEN now() - interval '4 h' AND now()
    FROM hokm_game.game_sessions)"),
            "t");
  EXPECT_EQ(Ask(R"(
    SELECT min("timestamp" - started_at) > '0 s' AND max("timestamp" - updated_at) < '0 s'
           AND count(*) FILTER (WHERE response_time IS NULL AND move_type <> 'round_start') = 0
    FROM hokm_game.game_moves m JOIN hokm_game.game_sessions s ON s.id = m.game_session_id)"),
            "t");
}

TEST_F(SimulatorOnPostgres, GivesTheMonitoringRoleEverythingButPasswords) {
  Execute(kSchemaSql);
  Execute(kMonitorRoleSql);
  pqxx::connection connection(server->Dsn(database, "hakem"));
  pqxx::nontransaction session(connection);

  for (const std::string table : {"game_sessions", "game_moves", "game_participants",
                                  "game_history", "websocket_connections"}) {
    EXPECT_TRUE(session.exec("SELECT * FROM hokm_game." + table).empty());
  }
  EXPECT_TRUE(
      session.exec("SELECT id, rating, last_seen, is_active FROM hokm_game.players").empty());
  EXPECT_THROW(session.exec("SELECT password_hash FROM hokm_game.players"),
               pqxx::insufficient_privilege);
  EXPECT_THROW(session.exec("DELETE FROM hokm_game.game_moves"), pqxx::sql_error);
}

TEST_F(SimulatorOnPostgres, ReadsAUri) {
  SimulationOptions options = LongGames();
  options.duration = seconds(1);
  for (const std::string end : {"", "?connect_timeout=3"}) {
    options.dsn = Secret(
        fmt::format("postgresql://postgres@127.0.0.1:{}/{}{}", server->port(), database, end));

    EXPECT_THAT(Run(options), IsOk());
  }
}

TEST_F(SimulatorOnPostgres, RefusesADatabaseWithoutTheSchema) {
  SimulationOptions options = LongGames();
  options.create_schema = false;

  EXPECT_THAT(Run(options),
              HasMessage("the database has no schema hokm_game: --create-schema makes it"));
}

TEST(Simulator, DoesNotQuoteAConnectionStringItCannotRead) {
  SimulationOptions options;
  options.dsn = Secret("host=127.0.0.1 password=se cret");

  EXPECT_THAT(Simulate(options, SystemClock(), Log::Silent().For("simulator"), {}),
              HasMessage("the connection string cannot be read: key=value pairs or a"
                         " postgresql:// URI are expected"));
}

TEST(Simulator, WaitsForAServerThatDoesNotAnswerUntilItIsStopped) {
  SimulationOptions options;
  options.dsn = Secret(fmt::format("host=127.0.0.1 port={}", demo::FreePort()));
  RunningSimulation simulation(options);

  const auto report = simulation.Stop();

  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->transactions, 0);
}

}  // namespace
}  // namespace hakem::simulator

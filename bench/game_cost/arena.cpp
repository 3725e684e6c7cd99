#include "bench/game_cost/arena.h"

#include <fmt/format.h>

#include <charconv>
#include <csignal>
#include <filesystem>
#include <functional>
#include <pqxx/pqxx>
#include <utility>
#include <vector>

#include "collectors/core/game_options.h"
#include "config/target/conninfo.h"
#include "dba/game_plan.h"
#include "exporter/session/postgres_session.h"
#include "model/clock.h"
#include "model/duration.h"
#include "simulator/database/schema.h"
#include "simulator/database/statements.h"

namespace hakem::bench {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::string_view kDatabase = "hokm_game";
constexpr Duration kUnderWayWithin = seconds(90);
constexpr double kShareUnderWay = 0.7;
constexpr Duration kLook = milliseconds(500);
constexpr Duration kGamesEndWithin = seconds(60);
constexpr int kDaysOfPast = 7;

/// Connections of the simulator.
constexpr int kWorkers = 8;

/// The planner knows that some are live, as on a server that has been played on for long.
constexpr std::string_view kAnalyzeLive =
    "ANALYZE hokm_game.game_sessions, hokm_game.websocket_connections";

constexpr std::string_view kVacuum =
    "VACUUM (ANALYZE) hokm_game.game_moves, hokm_game.game_participants, "
    "hokm_game.game_history, hokm_game.players, hokm_game.player_game_stats";

/// Of large tables with few dead rows VACUUM would leave those, and their pages not visible to all.
constexpr std::string_view kVacuumLive =
    "VACUUM (ANALYZE, INDEX_CLEANUP ON) hokm_game.game_sessions, hokm_game.websocket_connections";

constexpr std::string_view kOthers =
    "SELECT count(*) FROM pg_stat_activity "
    "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()";

std::string RunOn(const std::string& dsn, std::string_view sql) {
  pqxx::connection connection(dsn);
  pqxx::nontransaction work(connection);
  const pqxx::result rows = work.exec(std::string(sql));
  return rows.empty() ? "" : rows[0][0].c_str();
}

/// The program's exit status; one that is stopped dies with this function.
Result<int> RunToEnd(std::vector<std::string> argv, const std::stop_token& stop) {
  auto process = process::ChildProcess::Start({.argv = std::move(argv)});
  if (!process) {
    return Fail(process.error());
  }
  while (!stop.stop_requested()) {
    if (const auto status = process->WaitFor(kLook)) {
      return *status;
    }
  }
  return Fail(ErrorCode::kUnavailable, "stopped");
}

/// As a game's server has it: nobody's cache holds all of ten million moves.
process::PrivatePostgresOptions ServerOptions() {
  return {.settings = {"shared_buffers = 512MB", "max_wal_size = 8GB", "max_connections = 50",
                       "shared_preload_libraries = 'pg_stat_statements'"}};
}

/// The name says what is in it: another schema or another past is another cluster.
std::string CachedCluster(const ArenaOptions& options, std::int64_t moves) {
  const std::string made_of = fmt::format("{}{}", simulator::kSchemaSql, simulator::kPastGamesSql);
  return fmt::format("{}/moves-{}-{:016x}", options.cache_folder, moves,
                     std::hash<std::string>()(made_of));
}

/// Makes the cluster and moves it to `target`.
Result<void> LoadCluster(const ArenaOptions& options, std::int64_t moves,
                         const std::string& target) {
  auto server = process::PrivatePostgres::Make(ServerOptions());
  if (!server) {
    return Fail(server.error());
  }
  const std::string dsn = (*server)->Dsn(kDatabase);
  RunOn((*server)->Dsn(), fmt::format("CREATE DATABASE {}", kDatabase));
  RunOn(dsn, "CREATE EXTENSION pg_stat_statements");
  RunOn(dsn, simulator::kSchemaSql);
  RunOn(dsn, simulator::kMonitorRoleSql);
  const auto loaded =
      RunToEnd({options.program, "simulate", "--dsn", dsn, "--log-level", "error", "--history",
                fmt::format("{}", kDaysOfPast), "--moves", fmt::format("{}", moves)},
               options.stop);
  if (!loaded) {
    return Fail(loaded.error());
  }
  if (*loaded != 0) {
    return Fail(ErrorCode::kInternal,
                fmt::format("loading {} moves ended with status {}", moves, *loaded));
  }
  RunOn(dsn, kVacuum);
  RunOn(dsn, kVacuumLive);
  RunOn(dsn, "CHECKPOINT");
  (*server)->Stop();
  fs::create_directories(options.cache_folder);
  const std::string unfinished = target + ".unfinished";
  fs::remove_all(unfinished);
  return RunToEnd({"cp", "-a", (*server)->DataFolder(), unfinished}, options.stop)
      .and_then([&](int status) -> Result<void> {
        if (status != 0) {
          return Fail(ErrorCode::kRefused, fmt::format("cannot copy to {}", unfinished));
        }
        fs::rename(unfinished, target);
        return {};
      });
}

bool Eventually(Duration limit, const std::function<bool()>& condition,
                const std::stop_token& stop) {
  const Clock& clock = SystemClock();
  const SteadyTime deadline = clock.SteadyNow() + limit;
  while (!condition()) {
    if (clock.SteadyNow() >= deadline || !clock.SleepUntil(clock.SteadyNow() + kLook, stop)) {
      return false;
    }
  }
  return true;
}

}  // namespace

Result<std::unique_ptr<Arena>> Arena::Make(const ArenaOptions& options, std::int64_t moves) {
  const std::string cluster = CachedCluster(options, moves);
  if (!fs::exists(cluster)) {
    fmt::print(stderr, "loading {} moves into {}\n", moves, cluster);
    if (const auto loaded = LoadCluster(options, moves, cluster); !loaded) {
      return Fail(loaded.error());
    }
  }
  process::PrivatePostgresOptions server_options = ServerOptions();
  server_options.copy_of = cluster;
  auto server = process::PrivatePostgres::Make(server_options);
  if (!server) {
    return Fail(server.error());
  }
  return std::unique_ptr<Arena>(new Arena(options, *std::move(server)));
}

Arena::Arena(ArenaOptions options, std::unique_ptr<process::PrivatePostgres> server)
    : options_(std::move(options)), server_(std::move(server)) {}

std::string Arena::Run(std::string_view sql) const {
  return RunOn(server_->Dsn(kDatabase), sql);
}

double Arena::Number(std::string_view sql) const {
  const std::string text = Run(sql);
  double number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

void Arena::Vacuum() const {
  Run(kVacuum);
  Run(kVacuumLive);
}

Result<void> Arena::Prepare() const {
  const auto administrator = config::Conninfo::Parse(Secret(server_->Dsn(kDatabase)));
  if (!administrator) {
    return Fail(administrator.error());
  }
  exporter::PostgresSessionFactory factory(*administrator, "", SystemClock());
  const auto session = factory.Connect({.mode = exporter::SessionMode::kStatements}, {});
  if (!session) {
    return Fail(session.error().error);
  }
  const std::vector<collectors::GameOptions> games(1);
  return dba::PlanGameTuning(**session, games).transform([this](const dba::Plan& plan) {
    for (const dba::PlanStep& step : plan.steps) {
      Run(step.sql);
    }
    Vacuum();
  });
}

Result<void> Arena::StartPlay(int moves_per_second) {
  const std::string began = Run("SELECT now()");
  auto started = process::ChildProcess::Start(
      {.argv = {options_.program, "simulate", "--dsn", server_->Dsn(kDatabase), "--log-level",
                "error", "--games", fmt::format("{}", options_.games), "--players",
                fmt::format("{}", 8 * options_.games), "--connections", fmt::format("{}", kWorkers),
                "--moves-per-second", fmt::format("{}", moves_per_second)},
       .standard_output = process::Output::ToFile("/dev/null")});
  if (!started) {
    return Fail(started.error());
  }
  players_ = *std::move(started);
  const std::string played_now = fmt::format(
      "SELECT count(*) FROM hokm_game.game_sessions WHERE status = 'active' AND created_at >= '{}'",
      began);
  const bool under_way = Eventually(
      kUnderWayWithin, [&] { return Number(played_now) >= kShareUnderWay * options_.games; },
      options_.stop);
  if (options_.stop.stop_requested()) {
    return Fail(ErrorCode::kUnavailable, "stopped");
  }
  if (!under_way) {
    return Fail(ErrorCode::kTimeout, fmt::format("fewer than {} of {} games are played after {}",
                                                 kShareUnderWay * options_.games, options_.games,
                                                 FormatDuration(kUnderWayWithin)));
  }
  Run(kAnalyzeLive);
  return {};
}

void Arena::StopPlay() {
  players_->Terminate(kGamesEndWithin);
  players_.reset();
}

void Arena::FreezePlay() {
  players_->Signal(SIGKILL);
  players_->Wait();
  players_.reset();
  // What an open transaction may see stays where it is, and its pages are not known to be visible.
  Eventually(
      kGamesEndWithin, [this] { return Number(kOthers) == 0; }, options_.stop);
  Vacuum();
}

std::string Arena::MonitorDsn() const {
  return server_->Dsn(kDatabase, "hakem");
}

}  // namespace hakem::bench

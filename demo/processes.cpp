#include "demo/processes.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "model/duration.h"
#include "model/read_file.h"
#include "process/temporary_folder.h"
#include "simulator/database/schema.h"

namespace hakem::demo {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kDatabase = "hokm_game";
constexpr std::string_view kOwner = "hokm_server";
constexpr std::string_view kMonitor = "hakem";
constexpr Duration kSetupWithin = std::chrono::seconds(30);
constexpr Duration kExitWithin = std::chrono::seconds(2);
constexpr std::size_t kTailLines = 8;

constexpr std::string_view kGameIsUnderWay = R"(
    SELECT count(*) >= 30 FROM hokm_game.game_moves
    WHERE "timestamp" > now() - interval '1 minute')";

/// Variables that the environment may have and the demo must not use.
constexpr std::string_view kUnsetVariables[] = {
    "DATA_SOURCE_NAME_FILE", "DATA_SOURCE_USER",   "DATA_SOURCE_USER_FILE", "DATA_SOURCE_PASS",
    "DATA_SOURCE_PASS_FILE", "ALERT_WEBHOOK_FILE", "ALERT_EMAIL",           "ALERT_EMAIL_FILE"};

std::string TailOf(const std::string& path) {
  std::istringstream file(ReadFile(path, FileKind::kSystem).value_or(""));
  std::deque<std::string> lines;
  for (std::string line; std::getline(file, line);) {
    lines.push_back(std::move(line));
    if (lines.size() > kTailLines) {
      lines.pop_front();
    }
  }
  return fmt::format("{}", fmt::join(lines, "\n"));
}

}  // namespace

bool PortIsFree(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int reuse = 1;  // As for a server: a port with connections in TIME_WAIT is free.
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof(reuse));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool is_free = bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  close(fd);
  return is_free;
}

Result<std::unique_ptr<Processes>> Processes::Make(std::string program) {
  Result<std::string> folder = process::MakeTemporaryFolder("hakem-demo");
  if (!folder) {
    return Fail(folder.error());
  }
  return std::unique_ptr<Processes>(new Processes(std::move(program), *std::move(folder)));
}

Processes::Processes(std::string program, std::string folder)
    : program_(std::move(program)), folder_(std::move(folder)) {}

Processes::~Processes() {
  for (Child& player : children_) {
    player.process.Signal(SIGTERM);
  }
  for (Child& player : children_) {
    player.process.Terminate(kExitWithin);
  }
  database_.reset();
  if (!keep_logs_) {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
}

Result<void> Processes::StartDatabase() {
  const auto binaries = process::FindPostgresBinaries("/usr/lib/postgresql", process::SearchPath());
  if (!binaries) {
    return Fail(binaries.error());
  }
  psql_ = *binaries + "/psql";
  // A superuser of this server can run programs as the user of the demo, so no other user of the
  // machine may connect.
  auto database = process::PrivatePostgres::Make({.transport = process::Transport::kUnixSocket});
  if (!database) {
    return Fail(database.error());
  }
  database_ = *std::move(database);

  const struct {
    std::string_view user;
    std::string_view database;
    std::string sql;
  } steps[] = {
      {"postgres", "postgres", fmt::format("CREATE ROLE {} LOGIN", kOwner)},
      {"postgres", "postgres", fmt::format("CREATE DATABASE {} OWNER {}", kDatabase, kOwner)},
      {kOwner, kDatabase, std::string(simulator::kSchemaSql)},
      {"postgres", kDatabase, std::string(simulator::kMonitorRoleSql)},
  };

  for (const auto& step : steps) {
    if (auto ran = RunSql(step.user, step.database, step.sql); !ran) {
      return ran;
    }
  }
  return {};
}

Result<void> Processes::RunSql(std::string_view user, std::string_view database,
                               std::string_view sql) const {
  const std::string script = folder_ + "/script.sql";
  std::ofstream(script, std::ios::trunc) << sql;
  return RunToEnd("load the game's schema", {psql_, "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f",
                                             script, database_->Dsn(database, user)});
}

/// Loads a day of completed games, so that metrics about the last 24 hours have values.
Result<void> Processes::LoadPastGames() const {
  return RunToEnd("load a day of games",
                  {program_, "simulate", "--dsn", database_->Dsn(kDatabase, kOwner), "--history",
                   "1", "--moves", "20000"});
}

Result<void> Processes::RunToEnd(std::string_view what, std::vector<std::string> argv) const {
  const std::string log = folder_ + "/setup.log";
  auto process = process::ChildProcess::Start({.argv = std::move(argv),
                                               .standard_output = process::Output::ToFile(log),
                                               .standard_error = process::Output::ToFile(log)});
  if (!process) {
    return Fail(process.error());
  }
  if (const auto status = process->WaitFor(kSetupWithin); status != 0) {
    return Fail(
        ErrorCode::kInternal,
        fmt::format("{}: it {}: {}", what,
                    status ? fmt::format("ended with status {}", *status)
                           : fmt::format("has not ended in {}", FormatDuration(kSetupWithin)),
                    TailOf(log)));
  }
  return {};
}

Result<void> Processes::StartGame(const GameSettings& game) {
  if (auto loaded = LoadPastGames(); !loaded) {
    return loaded;
  }
  return StartChild("simulate",
                    {"--dsn", database_->Dsn(kDatabase, kOwner),                      //
                     "--games", fmt::format("{}", game.games),                        //
                     "--moves-per-second", fmt::format("{}", game.moves_per_second),  //
                     "--burst-after", FormatDuration(game.burst_after),               //
                     "--burst-games", fmt::format("{}", game.burst_games),            //
                     "--burst-length", FormatDuration(game.burst_length)},
                    {});
}

bool Processes::GameIsUnderWay() const {
  auto psql = process::ChildProcess::Start(
      {.argv = {psql_, "-X", "-A", "-t", "-c", std::string(kGameIsUnderWay),
                database_->Dsn(kDatabase, kOwner)},
       .standard_output = process::Output::ToPipe(),
       .standard_error = process::Output::ToFile(folder_ + "/psql.log")});
  return psql && psql->ReadLine() == "t";
}

Result<void> Processes::StartHakem(const GameSettings& game, int port,
                                   const std::string& webhook_url) {
  std::map<std::string, std::string> environment{
      {"DATA_SOURCE_NAME", database_->Dsn(kDatabase, kMonitor)},
      {"ALERT_WEBHOOK", webhook_url},
      {"MAX_ACTIVE_GAMES", fmt::format("{}", game.max_active_games)},
      {"MAX_CONCURRENT_PLAYERS", "1000"},
      {"MAX_GAME_DURATION_HOURS", "2"},
      {"MIN_MOVES_PER_MINUTE", "10"},
      {"MAX_MOVES_PER_MINUTE", "500"},
      {"STATE_DIRECTORY", folder_ + "/state"},
      {"no_proxy", "127.0.0.1"}};
  for (const std::string_view name : kUnsetVariables) {
    environment.emplace(name, "");
  }
  return StartChild("serve", {"--web.listen-address", fmt::format("127.0.0.1:{}", port)},
                    std::move(environment));
}

Result<void> Processes::StartChild(std::string_view command, std::vector<std::string> arguments,
                                   std::map<std::string, std::string> environment) {
  std::string log = fmt::format("{}/{}.log", folder_, command);
  arguments.insert(arguments.begin(), {program_, std::string(command)});
  auto process = process::ChildProcess::Start({.argv = std::move(arguments),
                                               .environment = std::move(environment),
                                               .standard_output = process::Output::ToFile(log),
                                               .standard_error = process::Output::ToFile(log),
                                               .folder = folder_});
  if (!process) {
    return Fail(process.error());
  }
  children_.push_back({fmt::format("hakem {}", command), std::move(log), *std::move(process)});
  return {};
}

std::optional<ExitedChild> Processes::FindExited() {
  for (Child& player : children_) {
    if (const auto status = player.process.WaitFor(Duration{0})) {
      return ExitedChild{player.name, *status, TailOf(player.log)};
    }
  }
  return std::nullopt;
}

}  // namespace hakem::demo

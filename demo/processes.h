#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"
#include "model/time.h"
#include "process/child_process.h"
#include "process/private_postgres.h"

namespace hakem::demo {

/// The game that the simulator plays: calm at first, then a burst that exceeds one limit only.
struct GameSettings {
  int games = 20;
  int moves_per_second = 6;
  Duration burst_after = std::chrono::seconds(30);  ///< Since the simulator started.
  int burst_games = 25;                             ///< Additional games during the burst.
  Duration burst_length = std::chrono::seconds(55);
  int max_active_games = 30;  ///< The limit; between the games without and with the burst.
};

/// A child process that ended too early.
struct ExitedChild {
  std::string name;  ///< `hakem serve`
  int status = 0;
  std::string tail;  ///< The last lines of its output.
};

/// The processes of the demo: a private PostgreSQL with a Hokm server's schema, the simulator and
/// Hakem. Their output goes to files in a temporary folder. The destructor ends all of them and
/// removes the folder. Used by one thread.
class Processes {
 public:
  /// `program` is the path of `hakem`, which is started as simulator and as Hakem. Errors:
  /// kRefused: the temporary folder cannot be created.
  static Result<std::unique_ptr<Processes>> Make(std::string program);

  Processes(const Processes&) = delete;
  Processes& operator=(const Processes&) = delete;
  ~Processes();

  /// Starts PostgreSQL and creates the game's database with the owner `hokm_server` and the
  /// monitoring role `hakem`. Errors: those of PrivatePostgres::Make; kInternal: the schema cannot
  /// be loaded.
  Result<void> StartDatabase();

  /// Starts the simulator. Requires, here and below: StartDatabase has succeeded.
  Result<void> StartGame(const GameSettings& game);

  /// Returns whether enough moves were played for all figures to be meaningful.
  bool GameIsUnderWay() const;

  /// Starts `hakem serve` on the port, with the webhook as its receiver.
  Result<void> StartHakem(const GameSettings& game, int port, const std::string& webhook_url);

  /// Returns the first child that ended by itself; nothing if all are running.
  std::optional<ExitedChild> FindExited();

  const process::PrivatePostgres& database() const { return *database_; }

  /// The folder with the output of the children.
  const std::string& folder() const { return folder_; }

  /// Makes the destructor keep the folder, so that a user can read the output.
  void KeepLogs() { keep_logs_ = true; }

 private:
  struct Child {
    std::string name;
    std::string log;
    process::ChildProcess process;
  };

  Processes(std::string program, std::string folder);

  Result<void> LoadPastGames() const;
  Result<void> RunToEnd(std::string_view what, std::vector<std::string> argv) const;
  Result<void> RunSql(std::string_view user, std::string_view database, std::string_view sql) const;
  Result<void> StartChild(std::string_view command, std::vector<std::string> arguments,
                          std::map<std::string, std::string> environment);

  const std::string program_;
  const std::string folder_;
  bool keep_logs_ = false;
  std::string psql_;
  std::unique_ptr<process::PrivatePostgres> database_;
  std::vector<Child> children_;  ///< In the order of their start.
};

/// Returns whether a server could listen on this port of 127.0.0.1 now.
bool PortIsFree(int port);

}  // namespace hakem::demo

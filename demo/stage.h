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

/// What goes on in the game while it is shown: calm, then a rush that breaks one limit alone.
struct GamePlan {
  int games = 20;
  int moves_per_second = 6;
  Duration rush_after = std::chrono::seconds(30);  ///< Since the simulator started.
  int rush_games = 25;                             ///< Beside the usual ones.
  Duration rush_length = std::chrono::seconds(55);
  int max_active_games = 30;  ///< The limit; between calm and rush.
};

/// A child of ours that should still run and does not.
struct Fallen {
  std::string name;  ///< `hakem serve`
  int status = 0;
  std::string tail;  ///< The last lines that it wrote.
};

/// The machinery behind the show: a private PostgreSQL with a Hokm server's schema, the simulator
/// and Hakem as children, what they write in files of a temporary folder. The destructor ends
/// everything and removes the folder. Used by one thread.
class Stage {
 public:
  /// `program`: the hakem that plays the simulator's and Hakem's part.
  /// Errors: kRefused when no temporary folder can be made.
  static Result<std::unique_ptr<Stage>> Make(std::string program);

  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;
  ~Stage();

  /// Starts the database server and makes the game's database: owned by `hokm_server`, and `hakem`
  /// may look. Errors: as PrivatePostgres::Make; kInternal when the schema cannot be loaded.
  Result<void> StartDatabase();

  /// Requires: the database runs, here and below.
  Result<void> StartGame(const GamePlan& plan);

  /// Whether so many moves have been played that all figures mean something.
  bool GameIsUnderWay() const;

  Result<void> StartHakem(const GamePlan& plan, int port, const std::string& webhook_url);

  /// The first child that has ended although nobody asked it to.
  std::optional<Fallen> FindFallen();

  const process::PrivatePostgres& database() const { return *database_; }

  /// Where the children's output lies.
  const std::string& folder() const { return folder_; }

  /// Leaves the folder with what the children wrote, for somebody to look at.
  void KeepLogs() { keep_logs_ = true; }

 private:
  struct Player {
    std::string name;
    std::string log;
    process::ChildProcess process;
  };

  Stage(std::string program, std::string folder);

  Result<void> LoadYesterday() const;
  Result<void> RunToEnd(std::string_view what, std::vector<std::string> argv) const;
  Result<void> RunSql(std::string_view user, std::string_view database, std::string_view sql) const;
  Result<void> StartPlayer(std::string_view command, std::vector<std::string> arguments,
                           std::map<std::string, std::string> environment);

  const std::string program_;
  const std::string folder_;
  bool keep_logs_ = false;
  std::string psql_;
  std::unique_ptr<process::PrivatePostgres> database_;
  std::vector<Player> players_;  ///< In the order of their entrance.
};

/// Whether a server could listen on this port of 127.0.0.1 now.
bool PortIsFree(int port);

}  // namespace hakem::demo

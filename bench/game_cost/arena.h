#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "model/result.h"
#include "process/child_process.h"
#include "process/private_postgres.h"

namespace hakem::bench {

struct ArenaOptions {
  std::string program;        ///< The hakem that loads the past and plays.
  std::string cache_folder;   ///< Where loaded clusters are kept for the next time.
  int games = 200;            ///< Live at any time.
  std::stop_token stop = {};  ///< Ends what takes long, with kUnavailable.
};

/// A private PostgreSQL with a past of so many moves, on which games can be played. One thread.
class Arena {
 public:
  /// Copies the loaded cluster, which is made first when the cache does not have it: minutes for
  /// ten million moves. Errors: what could not be started, made or loaded.
  static Result<std::unique_ptr<Arena>> Make(const ArenaOptions& options, std::int64_t moves);

  /// Runs statements as the superuser; the first cell of the last one's rows, "" when none. Throws
  /// when the server refuses them: the bench cannot go on.
  std::string Run(std::string_view sql) const;

  double Number(std::string_view sql) const;

  /// Makes the game cheap to watch, as `hakem setup --indexes` does, and vacuums what was there
  /// before. Errors: the plan's.
  Result<void> Prepare() const;

  /// Plays at this rate until StopPlay, and waits until most of the games are under way.
  /// Errors: the simulator did not start, or nobody plays after a minute.
  Result<void> StartPlay(int moves_per_second);

  /// Ends the games, as a server that is shut down.
  void StopPlay();

  /// Leaves the games as they stand, as a server that died, and their tables vacuumed.
  void FreezePlay();

  /// Of the role that Hakem connects as.
  std::string MonitorDsn() const;

 private:
  /// All that can be: no dead row is left, and every page is known to be visible to all.
  void Vacuum() const;

  Arena(ArenaOptions options, std::unique_ptr<process::PrivatePostgres> server);

  const ArenaOptions options_;
  const std::unique_ptr<process::PrivatePostgres> server_;
  std::optional<process::ChildProcess> players_;
};

}  // namespace hakem::bench

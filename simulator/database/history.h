#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "model/clock.h"
#include "model/log.h"
#include "model/result.h"
#include "model/secret.h"
#include "model/time.h"
#include "simulator/play/random.h"

namespace hakem::simulator {

/// The options of `hakem simulate --history`, which writes games of the past.
struct HistoryOptions {
  Secret dsn = {};                 ///< See SimulationOptions::dsn.
  int days = 7;                    ///< The age of the oldest game.
  std::int64_t moves = 1'000'000;  ///< Rounded up to a whole game.
  int rounds_to_win = 7;
  double abandon_ratio = 0.05;  ///< The share of abandoned games.
  std::uint64_t seed = 1;
  bool create_schema = false;  ///< See SimulationOptions::create_schema.
};

/// What LoadHistory wrote.
struct HistoryReport {
  std::int64_t games = 0;
  std::int64_t moves = 0;
  Duration elapsed{0};
};

/// Generates the SQL for games of the past, one batch at a time. Games are copies of a few matches
/// that were played by the rules, each at its own time and pace, so that joins can write their
/// rows. The SQL depends only on the options and `end`; the database adds uuids and the exact times
/// of moves. Used by one thread.
class History {
 public:
  struct Batch {
    std::string sql;  ///< Several statements, for one transaction.
    std::int64_t games = 0;
    std::int64_t moves = 0;
  };

  /// Every game ends before `end`. Requires: the options are valid (ValidateHistory).
  History(const HistoryOptions& options, Timestamp end);

  /// The number of players that is needed so that no player is at two tables at once.
  int players() const { return players_; }

  /// Returns the next games, oldest first; nothing if there are no more.
  std::optional<Batch> Next();

 private:
  /// Draws the next game and returns it as an SQL row.
  std::string GameRow();

  const HistoryOptions options_;
  const Timestamp end_;
  Random random_;
  std::vector<std::size_t> match_moves_;  ///< The number of moves of each match that is copied.
  std::string match_tables_;              ///< The SQL for those matches; the same in every batch.
  double longest_seconds_ = 0;            ///< The longest time that a game can take.
  int players_ = 0;
  std::int64_t games_returned_ = 0;
  std::int64_t moves_returned_ = 0;
};

/// Checks the ranges: 1 to 3650 days, 1 to 10^9 moves, 1 to 99 rounds, a ratio of 0 to 1. Errors:
/// kInvalidInput: names the option of the command line.
Result<void> ValidateHistory(const HistoryOptions& options);

/// Adds games of the past to a database with the schema. Existing rows stay; no simulation may run
/// at the same time. Each transaction writes a batch of games. When stopped it ends after the
/// current batch.
///
/// Errors: those of PrepareDatabase. Batches that were committed before stay.
Result<HistoryReport> LoadHistory(const HistoryOptions& options, const Clock& clock,
                                  const Logger& log, const std::stop_token& stop);

}  // namespace hakem::simulator

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

/// The past that `hakem simulate --history` is asked for.
struct HistoryOptions {
  Secret dsn = {};                 ///< As SimulationOptions' has it.
  int days = 7;                    ///< How far back the oldest game lies.
  std::int64_t moves = 1'000'000;  ///< Rounded up to a whole game.
  int rounds_to_win = 7;
  double abandon_ratio = 0.05;  ///< Share of the games that broke off.
  std::uint64_t seed = 1;
  bool create_schema = false;  ///< As SimulationOptions' has it.
};

struct HistoryReport {
  std::int64_t games = 0;
  std::int64_t moves = 0;
  Duration elapsed{0};
};

/// The past as SQL, a batch of games at a time. Games are copies of a few matches that were played
/// by the rules, each at its own time and pace: so their rows are written by joins and not one by
/// one. A pure function of options and `end`; the database adds uuids and where within its time a
/// move falls. One user at a time.
class History {
 public:
  struct Batch {
    std::string sql;  ///< Several statements, for one transaction.
    std::int64_t games = 0;
    std::int64_t moves = 0;
  };

  /// Every game ends before `end`. Requires: the options are valid (ValidateHistory).
  History(const HistoryOptions& options, Timestamp end);

  /// How many take turns, so that nobody sits at two tables at once.
  int players() const { return players_; }

  /// The next games, oldest first; nothing when all have been told.
  std::optional<Batch> Next();

 private:
  /// Decides about the next game.
  std::string GameRow();

  const HistoryOptions options_;
  const Timestamp end_;
  Random random_;
  std::vector<std::size_t> match_moves_;  ///< Of each match that games are copies of.
  std::string match_tables_;              ///< The SQL that makes them; the same for every batch.
  double longest_seconds_ = 0;            ///< That a game can take.
  int players_ = 0;
  std::int64_t games_told_ = 0;
  std::int64_t moves_told_ = 0;
};

/// Checks the ranges: 1 to 3650 days, 1 to 10^9 moves, 1 to 99 rounds, a ratio of 0 to 1.
/// Errors: kInvalidInput, with the option as the command line names it.
Result<void> ValidateHistory(const HistoryOptions& options);

/// Writes a past into a database with the schema, beside what is there, but not beside a running
/// simulation. Each transaction is a batch of games. When stopped it ends after the batch at hand.
///
/// Errors: as PrepareDatabase; the batches before stay.
Result<HistoryReport> LoadHistory(const HistoryOptions& options, const Clock& clock,
                                  const Logger& log, const std::stop_token& stop);

}  // namespace hakem::simulator

#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "collectors/core/collector.h"
#include "collectors/game/checkpoint.h"
#include "collectors/game/counting/game_state.h"
#include "collectors/game/query/prepared.h"
#include "collectors/game/schema/families.h"
#include "collectors/game/schema/schema.h"

namespace hakem::collectors {

// How one game is collected, class by class:
//
//   GameScraper         one collection: runs the classes below in order
//   GameSchema          which tables and columns of the game exist and may be read (schema/)
//   AvailableMetrics    which metrics this schema supports, and why others are left out
//   GameReading         what one execution of the game statement returned; plain data
//   GameState           takes readings; owns counters, windows and the trackers below; no I/O
//   SessionTracker      which sessions started or ended since the previous poll
//   ConnectionTracker   which connections were opened or closed since the previous poll
//   FollowedRows        the ids of live rows that both trackers remember between polls
//   CountedRows         ids that were already counted and that a range read will return again
//   Reconciliation      reads a past time range again if rows of it were committed late
//   IntervalWindow      the sliding windows behind rates and averages
//   LabelLimit          at most 20 values of a label that comes from rows; others are `other`
//   GameCheckpoint      saves the state after each collection and restores it after a restart
//
// A collection counts the half-open time range from the watermark, where the previous one ended, to
// the visibility horizon: all rows from before the horizon are committed (query/horizon.h). In the
// same round trip it scans the live rows and requests, by primary key, those that are no longer
// live. query/ has the SQL texts and reads their results; metrics.h writes the samples.

/// Collects one game: finds its tables, keeps its statements prepared, and reads what happened
/// since the last collection in one round trip. A reading counts as a whole or not at all: after an
/// error the next collection reads the same time range again. Used by one thread at a time.
class GameScraper {
 public:
  /// `number` distinguishes the games of one session. `store` outlives the scraper; null: counters
  /// start at 0 after a restart.
  GameScraper(GameOptions options, int number, GameStore* store);

  /// Runs one collection. If no schema has a game it logs that once, writes nothing and succeeds.
  /// Errors: those of Session::Query; kRefused: reading a table would run its owner's code or skip
  /// rows (see CheckTables); kInternal: an answer is not as expected.
  Result<void> Collect(const CollectorContext& context, SampleSink& sink);

 private:
  bool SchemaIsDue(const CollectorContext& context) const;
  Result<void> ReadSchema(const CollectorContext& context);
  void LogSchema(const CollectorContext& context) const;
  bool StartIsDue(const CollectorContext& context) const;
  Result<void> Start(const CollectorContext& context);
  void Restore(std::string key, PgTimestamp horizon, const CollectorContext& context);
  void ContinueCounting(PgTimestamp horizon, const CollectorContext& context);
  Result<void> FillWindows(const CollectorContext& context);
  Result<void> ReadNewRows(const CollectorContext& context);
  Result<GameReading> ReadSpan(Session& session, bool scan);
  Result<GameReading> ReadWithOrWithoutScan(const CollectorContext& context);
  Result<void> ReconcileLateRows(const CollectorContext& context);
  std::string Name() const;

  const GameOptions options_;
  PreparedStatement horizon_;
  PreparedStatement game_;
  PreparedStatement rows_only_;          ///< Like game_, but without the scan of live rows.
  std::uint64_t schema_connection_ = 0;  ///< The connection that the schema was read on; 0: none.
  SteadyTime schema_read_at_{};
  std::optional<GameSchema> schema_;  ///< Nothing before it was first read.
  std::string unchanged_ = "true";    ///< The condition that the tables are the same: UnchangedSql.
  std::optional<AvailableMetrics> available_;  ///< What schema_ supports.
  std::uint64_t counting_connection_ = 0;      ///< The connection that counting last started on.
  std::string key_;                 ///< The checkpoint's key for this game on this server.
  bool windows_filled_ = false;     ///< The windows hold the past of this schema.
  bool is_fresh_start_ = true;      ///< Counting started at 0 and no past was read yet.
  SteadyTime read_at_{};            ///< The last successful reading.
  SteadyTime scan_again_at_{};      ///< Live rows are not scanned before this time.
  std::optional<GameState> state_;  ///< Nothing before counting starts.
  GameCheckpoint checkpoint_;
};

}  // namespace hakem::collectors

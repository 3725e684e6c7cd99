#pragma once

#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "collectors/core/game_options.h"
#include "collectors/core/game_store.h"
#include "collectors/core/histogram.h"
#include "collectors/game/counting/connection_tracker.h"
#include "collectors/game/counting/game_reading.h"
#include "collectors/game/counting/label_limit.h"
#include "collectors/game/counting/reconciliation.h"
#include "collectors/game/counting/record_codec.h"
#include "collectors/game/counting/session_tracker.h"
#include "collectors/game/counting/window.h"
#include "collectors/game/schema/schema.h"
#include "model/result.h"

namespace hakem::collectors {

inline constexpr WindowShape kMovesWindow{std::chrono::minutes(1), std::chrono::seconds(5)};
inline constexpr WindowShape kCreatedWindow{std::chrono::hours(1), std::chrono::minutes(1)};
inline constexpr WindowShape kFinishedWindow{std::chrono::hours(24), std::chrono::minutes(5)};

/// The recent past of one game, up to its watermark.
struct GameWindows {
  IntervalWindow moves{kMovesWindow.length};
  IntervalWindow created{kCreatedWindow.length};
  IntervalWindow finished{kFinishedWindow.length, kFinishedWindow.slice};
};

/// The labels of game_sessions_finished_total.
struct EndedKey {
  std::string game_type;
  std::string outcome;  ///< The status that the session ended with.

  auto operator<=>(const EndedKey&) const = default;
};

/// All counters and histograms of one game.
struct GameCounters {
  Tally created = {};  ///< By game type.
  Tally started = {};  ///< By game type.
  std::map<EndedKey, std::uint64_t> finished = {};
  Tally moves = {};  ///< By move type.
  std::uint64_t connections_opened = 0;
  Tally disconnections = {};                                    ///< By reason.
  Tally skipped = {};                                           ///< By reason.
  std::map<std::string, Histogram, std::less<>> duration = {};  ///< By game type.
  std::map<std::string, Histogram, std::less<>> wait = {};      ///< By game type.
  Histogram move_response;
};

/// Everything that is known about one game: counters, windows and the last live scan. It does no
/// I/O and only takes readings. Counters never go down and count no row twice, whatever fails
/// between two readings, because each reading counts from where the previous one ended: the
/// watermark. Used by one thread.
class GameState {
 public:
  explicit GameState(const GameHistogramBounds& bounds);

  /// Creates the series of all values that the schema lists as possible, so that they start at 0.
  void InitializeSeries(const GameSchema& schema);

  /// Starts counting at `from`, which becomes the watermark. Counters keep their values, windows
  /// become empty.
  void StartAt(PgTimestamp from);

  /// Where counting started; nothing before StartAt.
  std::optional<PgTimestamp> started_at() const { return started_at_; }

  /// Counts the next time range. Requires: StartAt was called, and the reading begins at
  /// watermark().
  void Apply(GameReading reading);

  /// Knows which past time range must be read again because of rows that were committed late.
  const Reconciliation& reconciliation() const { return reconciliation_; }

  /// Marks the last seconds before the watermark suspect, so that they are read again once. Another
  /// server may have taken over, with rows and a clock of its own. Does nothing before StartAt.
  void MarkRecentSuspect();

  /// Takes `again`, a reading of reconciliation().Due(), counts what it has beyond the first count
  /// and returns it. Windows do not change.
  SpanCounts Reconcile(const GameReading& again);

  /// Adds `rows` completed games whose times are out of range to the skipped rows.
  void CountUnusableHistory(std::uint64_t rows);

  /// Gives up the suspect range: rows that were committed late stay uncounted.
  void GiveUpReconciliation() { reconciliation_.GiveUp(); }

  /// Where the next reading begins; nothing before StartAt.
  std::optional<PgTimestamp> watermark() const { return watermark_; }

  /// Ids of the sessions whose rows the next reading must request.
  const std::vector<std::string>& wanted_sessions() const { return sessions_.wanted(); }

  /// Ids of the connections whose rows the next reading must request.
  const std::vector<std::string>& wanted_connections() const { return connections_.wanted(); }

  /// The move types that have series of their own; sorted.
  const std::vector<std::string>& move_types() const { return move_types_.known(); }

  /// The game types that have series of their own. A game without types has the empty one.
  const LabelLimit& game_types() const { return game_types_; }

  const GameCounters& counters() const { return counters_; }

  const GameWindows& windows() const { return windows_; }

  /// The windows, to fill them with the past up to the watermark.
  GameWindows& windows() { return windows_; }

  /// The last reading that was applied. If it had no scan, its live values are those of the last
  /// reading with one.
  const GameReading& last() const { return last_; }

  /// When the last reading with a scan was made; nothing before the first one.
  std::optional<PgTimestamp> scanned_at() const { return scanned_at_; }

  /// Returns the records that Read needs to continue counting: everything but the windows, which
  /// are filled from the tables. Requires: StartAt was called.
  GameRecords Write() const;

  /// Restores the state that Write saved. A histogram whose bounds have changed starts at 0.
  /// Errors: kInvalidInput: a record cannot be parsed; the state must then not be used.
  Result<void> Read(const GameRecords& records);

 private:
  void AddGameType(std::string_view type);
  void CountSessions(const GameReading& reading);
  void CountStart(const SessionRow& session);
  void CountEnd(const SessionRow& session);
  void CountUnusableValues(const GameReading& reading);
  void CountConnections(const GameReading& reading);
  void KeepLast(GameReading reading);
  void WriteCounters(FieldWriter& fields) const;
  void ReadCounters(FieldReader& fields);
  void CountMoves(const Tally& moves, const ResponseTimes& responses);
  void FillWindows(const GameReading& reading);

  const GameHistogramBounds bounds_;
  std::optional<PgTimestamp> started_at_;
  std::optional<PgTimestamp> watermark_;
  LabelLimit game_types_;
  LabelLimit move_types_;
  LabelLimit outcomes_;
  LabelLimit reasons_;
  SessionTracker sessions_;
  ConnectionTracker connections_;
  GameCounters counters_;
  GameWindows windows_;
  Reconciliation reconciliation_;
  GameReading last_;
  std::optional<PgTimestamp> scanned_at_;
  /// The unusable values of live sessions that were counted as skipped, by session id.
  std::unordered_map<std::string, int> counted_unusable_;
  /// By kUnusable… bit, how many live sessions without a usable id had that bit in the last scan.
  std::map<int, double> unidentified_unusable_;
};

}  // namespace hakem::collectors

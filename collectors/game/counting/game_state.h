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
#include "collectors/game/counting/label_budget.h"
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

/// The latest past of one game, up to its watermark.
struct GameWindows {
  IntervalWindow moves{kMovesWindow.length};
  IntervalWindow created{kCreatedWindow.length};
  IntervalWindow finished{kFinishedWindow.length, kFinishedWindow.slice};
};

/// Ended sessions of one kind.
struct Ending {
  std::string game_type;
  std::string outcome;

  auto operator<=>(const Ending&) const = default;
};

/// Everything of one game that only grows.
struct GameCounters {
  Tally created = {};  ///< By game type.
  Tally started = {};  ///< By game type.
  std::map<Ending, std::uint64_t> finished = {};
  Tally moves = {};  ///< By move type.
  std::uint64_t connections_opened = 0;
  Tally disconnections = {};                                    ///< By reason.
  Tally skipped = {};                                           ///< By reason.
  std::map<std::string, Histogram, std::less<>> duration = {};  ///< By game type.
  std::map<std::string, Histogram, std::less<>> wait = {};      ///< By game type.
  Histogram move_response;
};

/// What is known of one game: counters, windows and the last live scan. No I/O: it only takes
/// readings. Counters never go back and count no row twice, whatever fails between two readings: a
/// reading counts only from where the last one ended.
class GameState {
 public:
  explicit GameState(const GameHistogramBounds& bounds);

  /// Makes the values that the schema says are possible known, so that their series start at 0.
  void Learn(const GameSchema& schema);

  /// Starts to count at `from`. Counters keep their values; windows are empty.
  void StartAt(PgTimestamp from);

  /// Where counting started; nothing before StartAt.
  std::optional<PgTimestamp> started_at() const { return started_at_; }

  /// Takes what the next span held. Requires: StartAt came before, and the reading begins at
  /// watermark().
  void Apply(GameReading reading);

  /// The past to read again, now that all of it is there; nothing when there is none.
  const Reconciliation& reconciliation() const { return reconciliation_; }

  /// Another server may have taken over, with rows and a clock of its own: the latest past is read
  /// again once.
  void DoubtLatest();

  /// Counts what `again`, a reading of the reconciliation's span, holds beyond what was counted,
  /// and returns it. The windows keep what they have.
  Happened Reconcile(const GameReading& again);

  /// Counts completed games of the past that no average can take.
  void CountUnusableHistory(std::uint64_t rows);

  /// Leaves what the reconciliation's span lacks uncounted.
  void GiveUpReconciliation() { reconciliation_.GiveUp(); }

  /// Where the next reading begins; nothing before StartAt.
  std::optional<PgTimestamp> watermark() const { return watermark_; }

  /// The sessions and connections whose rows the next reading must have.
  const std::vector<std::string>& wanted_sessions() const { return sessions_.wanted(); }

  const std::vector<std::string>& wanted_connections() const { return connections_.wanted(); }

  /// Move types that are counted by name; sorted.
  const std::vector<std::string>& move_types() const { return move_types_.known(); }

  /// Game types that are told by name. A game without types has the empty one.
  const LabelBudget& game_types() const { return game_types_; }

  const GameCounters& counters() const { return counters_; }

  const GameWindows& windows() const { return windows_; }

  /// For whoever fills them with the past of the watermark.
  GameWindows& windows() { return windows_; }

  /// The reading that was applied last; what it did not scan is that of the last scan.
  const GameReading& last() const { return last_; }

  /// When the last reading with a scan was; nothing before one.
  std::optional<PgTimestamp> scanned_at() const { return scanned_at_; }

  /// What GameState::Read needs to count on from here: all but the windows, which are filled from
  /// the tables. Requires: StartAt came before.
  GameRecords Write() const;

  /// Goes on from where another state was written. A histogram whose bounds are others now starts
  /// at 0. Errors: kInvalidInput: a record is not understood; the state is then useless.
  Result<void> Read(const GameRecords& records);

 private:
  void LearnGameType(std::string_view type);
  void CountSessions(const GameReading& reading);
  void CountStart(const SessionRow& session);
  void CountEnd(const SessionRow& session);
  void CountTrouble(const GameReading& reading);
  void CountConnections(const GameReading& reading);
  void KeepLast(GameReading reading);
  void WriteCounters(FieldWriter& fields) const;
  void ReadCounters(FieldReader& fields);
  void CountMoves(const Tally& moves, const ResponseTimes& responses);
  void FillWindows(const GameReading& reading);

  const GameHistogramBounds bounds_;
  std::optional<PgTimestamp> started_at_;
  std::optional<PgTimestamp> watermark_;
  LabelBudget game_types_;
  LabelBudget move_types_;
  LabelBudget outcomes_;
  LabelBudget reasons_;
  SessionTracker sessions_;
  ConnectionTracker connections_;
  GameCounters counters_;
  GameWindows windows_;
  Reconciliation reconciliation_;
  GameReading last_;
  std::optional<PgTimestamp> scanned_at_;
  std::unordered_map<std::string, int>
      trouble_;                            ///< Live sessions that were counted for kTrouble….
  std::map<int, double> unknown_trouble_;  ///< How many without an id, by the bit.
};

}  // namespace hakem::collectors

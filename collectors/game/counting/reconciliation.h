#pragma once

#include <algorithm>
#include <chrono>
#include <deque>
#include <optional>

#include "collectors/core/game_store.h"
#include "collectors/game/counting/game_reading.h"
#include "model/time.h"

namespace hakem::collectors {

/// What happened in a time range, as far as it was committed when the range was read.
struct SpanCounts {
  Tally moves = {};    ///< By move type.
  Tally created = {};  ///< New sessions by game type.
  ResponseTimes responses = {};
};

/// Returns the counts of a reading's time range.
SpanCounts CountsOf(const GameReading& reading);

/// Finds rows that were committed after their time range was counted, without keeping their ids.
/// That happens if a transaction is open for longer than GameOptions::holdback_cap, if the server's
/// clock goes back, or if another server takes over. The range is then marked suspect. Once all of
/// its rows are committed it is read again, and the rows beyond the first count are returned. Pure:
/// does no I/O. Used by one thread.
class Reconciliation {
 public:
  /// The longest time range that is read again, because one short statement must be enough.
  static constexpr Duration kMaxSpan = std::chrono::minutes(15);

  struct Span {
    PgTimestamp from;
    PgTimestamp to;

    bool operator==(const Span&) const = default;
  };

  /// Records the counts of a reading. Each reading begins where the previous one ended. If it was
  /// not exact, its range is marked suspect.
  void AddReading(const GameReading& reading);

  /// Marks everything from this time on suspect: rows may have been committed after the count.
  void MarkSuspect(PgTimestamp from) {
    suspect_from_ = std::min(suspect_from_.value_or(from), from);
  }

  /// Returns the range to read again. Nothing if no range is suspect, or if rows of it can still be
  /// committed.
  std::optional<Span> Due() const;

  /// Takes `again`, a reading of Due(), and returns what it has beyond the first count. Rows that
  /// were deleted in between subtract nothing. Afterwards no range is suspect.
  SpanCounts Reconcile(const GameReading& again);

  /// Forgets all counts and suspect ranges. Rows that were committed late stay uncounted.
  void GiveUp() { *this = Reconciliation(); }

  /// Adds the records that Read needs to continue from this state.
  void Write(GameRecords& records) const;

  /// Restores the state that Write saved. Returns false if a record cannot be parsed.
  bool Read(const GameRecords& records);

 private:
  struct CountedSpan {
    Span span;
    SpanCounts counts;
  };

  std::optional<PgTimestamp> suspect_from_;  ///< The start of what is suspect.
  bool past_is_complete_ = false;            ///< No row of the past can still be committed.
  std::deque<CountedSpan> counted_;  ///< Adjoining, none empty, together at most kMaxSpan long.
};

}  // namespace hakem::collectors

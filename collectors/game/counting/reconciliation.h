#pragma once

#include <algorithm>
#include <chrono>
#include <deque>
#include <optional>

#include "collectors/core/game_store.h"
#include "collectors/game/counting/game_reading.h"
#include "model/time.h"

namespace hakem::collectors {

/// What happened in a span, as far as it had been committed when it was read.
struct Happened {
  Tally moves = {};    ///< By move type.
  Tally created = {};  ///< Sessions, by game type.
  ResponseTimes responses = {};
};

/// What a reading says happened in its span.
Happened HappenedIn(const GameReading& reading);

/// Makes the counters exact without keeping an id. Rows of a span that was counted can still come
/// when a transaction was open for longer than the counters may be held back, when the server's
/// clock went back, and when another server took over. Such a span is in doubt. Once all of its
/// rows are there it is read again, and what it then holds beyond what was counted is made up for.
class Reconciliation {
 public:
  /// No more than this is read again: one short statement must be enough.
  static constexpr Duration kLongest = std::chrono::minutes(15);

  struct Span {
    PgTimestamp from;
    PgTimestamp to;

    bool operator==(const Span&) const = default;
  };

  /// Takes a reading that was counted: each begins where the last one ended.
  void Take(const GameReading& reading);

  /// Rows from this instant on may have come after they were counted.
  void Doubt(PgTimestamp from) { doubt_ = std::min(doubt_.value_or(from), from); }

  /// The span to read again; nothing when none is in doubt, or rows of it may still come.
  std::optional<Span> Due() const;

  /// What `again`, a reading of Due(), holds that was not counted. Rows that were deleted in
  /// between take nothing away. Nothing is in doubt any more.
  Happened Reconcile(const GameReading& again);

  /// Nothing is in doubt any more; what came late stays uncounted.
  void GiveUp() { *this = Reconciliation(); }

  /// Adds what Read needs to go on from here.
  void Write(GameRecords& records) const;

  /// Goes on from where another one was written. False when a record is not understood.
  bool Read(const GameRecords& records);

 private:
  struct Counted {
    Span span;
    Happened happened;
  };

  std::optional<PgTimestamp> doubt_;  ///< Where the doubtful past begins.
  bool all_there_ = false;            ///< No row of the past can still come.
  std::deque<Counted> past_;  ///< Adjoining spans, none empty, no longer together than kLongest.
};

}  // namespace hakem::collectors

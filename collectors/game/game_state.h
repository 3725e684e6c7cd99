#pragma once

#include <optional>
#include <string>
#include <vector>

#include "collectors/game/label_budget.h"
#include "collectors/game/reading.h"
#include "collectors/game/schema.h"
#include "collectors/game/seed.h"
#include "collectors/game/window.h"

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

/// What is known of one game: counters, windows and the last live scan. No I/O: it only takes
/// readings. Counters never go back and count no row twice, whatever fails between two
/// readings: a reading counts only from where the last one ended.
class GameState {
 public:
  /// Makes the values that the schema says are possible known, so that their series start at 0.
  void Learn(const GameSchema& schema);

  /// Starts to count at `from`. Counters keep their values; windows are empty.
  void StartAt(PgTimestamp from);

  /// Takes what the next span held. Requires: StartAt came before, and the reading begins at
  /// watermark().
  void Apply(GameReading reading);

  /// Where the next reading begins; nothing before StartAt.
  std::optional<PgTimestamp> watermark() const { return watermark_; }

  /// Move types that are counted by name; sorted.
  const std::vector<std::string>& move_types() const { return move_types_.known(); }

  /// Game types that are told by name. A game without types has the empty one.
  const LabelBudget& game_types() const { return game_types_; }

  const Tally& created() const { return created_; }

  const Tally& moves() const { return moves_; }

  const GameWindows& windows() const { return windows_; }

  /// For whoever fills them with the past of the watermark.
  GameWindows& windows() { return windows_; }

  /// The reading that was applied last.
  const GameReading& last() const { return last_; }

 private:
  std::optional<PgTimestamp> watermark_;
  LabelBudget game_types_;
  LabelBudget move_types_;
  Tally created_;
  Tally moves_;
  GameWindows windows_;
  GameReading last_;
};

}  // namespace hakem::collectors

#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/core/sample_sink.h"
#include "collectors/game/schema/schema.h"

namespace hakem::collectors {

/// The game's metrics. A table in families.cpp has the family of each one and the columns that it
/// needs; it is checked at compile time that it has one row for each.
enum class GameMetric {
  kActiveGames,
  kSessions,
  kSessionsPlaying,
  kSeats,
  kRoomOccupancy,
  kLongRunning,
  kOldestActiveAge,
  kOldestWaitingAge,
  kOnlinePlayers,
  kStaleConnections,
  kMovesPerMinute,
  kGamesPerHour,
  kAverageDuration,
  kWindowFrom,
  kWindowTo,
  kSessionsCreated,
  kSessionsStarted,
  kSessionsFinished,
  kDuration,
  kMatchmakingWait,
  kMoves,
  kMoveResponse,
  kConnectionsOpened,
  kDisconnections,
  kSkippedRows,
  kScanAge,
  kHoldback,
  kExact,
};

inline constexpr std::size_t kGameMetricCount = static_cast<std::size_t>(GameMetric::kExact) + 1;

/// The metric families, indexed by GameMetric.
extern const std::array<FamilySpec, kGameMetricCount> kGameFamilies;

inline const FamilySpec& FamilyOf(GameMetric metric) {
  return kGameFamilies[static_cast<std::size_t>(metric)];
}

/// A metric that a schema does not support.
struct GameOmission {
  GameMetric metric;
  std::string reason;  ///< Such as `table hokm_game.game_sessions has no column max_players`

  bool operator==(const GameOmission&) const = default;
};

/// The metrics that a schema supports: those whose columns can all be read. Immutable.
class AvailableMetrics {
 public:
  explicit AvailableMetrics(const GameSchema& schema);

  bool Has(GameMetric metric) const { return has_[static_cast<std::size_t>(metric)]; }

  /// The metrics that are not supported, in the order of GameMetric.
  const std::vector<GameOmission>& omissions() const { return omissions_; }

 private:
  std::array<bool, kGameMetricCount> has_{};
  std::vector<GameOmission> omissions_;
};

}  // namespace hakem::collectors

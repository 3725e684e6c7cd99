#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/core/sample_sink.h"
#include "collectors/game/schema/schema.h"

namespace hakem::collectors {

/// The game's metrics. A row says what each is and which columns it cannot be had without; the
/// order is that of kGameFamilies.
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

/// By GameMetric.
extern const std::array<FamilySpec, kGameMetricCount> kGameFamilies;

inline const FamilySpec& FamilyOf(GameMetric metric) {
  return kGameFamilies[static_cast<std::size_t>(metric)];
}

/// A metric that a schema cannot give, and why.
struct GameOmission {
  GameMetric metric;
  std::string reason;  ///< `table hokm_game.game_sessions has no column max_players`

  bool operator==(const GameOmission&) const = default;
};

/// What a schema can give: every metric whose columns are there.
class AvailableMetrics {
 public:
  explicit AvailableMetrics(const GameSchema& schema);

  bool Has(GameMetric metric) const { return has_[static_cast<std::size_t>(metric)]; }

  /// In the order of GameMetric.
  const std::vector<GameOmission>& omissions() const { return omissions_; }

 private:
  std::array<bool, kGameMetricCount> has_{};
  std::vector<GameOmission> omissions_;
};

}  // namespace hakem::collectors

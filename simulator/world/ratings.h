#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "simulator/world/event.h"

namespace hakem::simulator {

/// Returns how many points a match adds to each winner's rating and takes from each loser's, by the
/// Elo system: the less expected the result, the more points. Friendly games return 0, others at
/// least 1. `winners` and `losers` are the mean ratings of the teams.
int RatingChange(GameType type, double winners, double losers);

/// The ratings of the players of a World: 0 to 3000, as in players.rating. Used by one thread.
class Ratings {
 public:
  /// Players beyond the end of `ratings` start with 1000.
  Ratings(std::vector<int> ratings, std::size_t players);

  /// Applies the result of a match. Returns the change of each seat, before it is limited to the
  /// scale.
  std::array<int, kSeats> ApplyResult(GameType type, const std::array<PlayerId, kSeats>& seats,
                                      Team winner);

 private:
  int& Of(PlayerId player) { return ratings_.at(static_cast<std::size_t>(player)); }

  std::vector<int> ratings_;  ///< Indexed by PlayerId.
};

}  // namespace hakem::simulator

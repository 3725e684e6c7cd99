#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "simulator/world/event.h"

namespace hakem::simulator {

/// What a match adds to each winner's rating and takes from each loser's, by Elo's rule: the less
/// it was expected, the more. Friendly games change nothing, others at least one point.
/// `winners` and `losers` are the means of their teams.
int RatingChange(GameType type, double winners, double losers);

/// How strong each player of a World is thought to be: 0 to 3000, as players.rating. One user at a
/// time.
class Ratings {
 public:
  /// Players without a rating begin with 1000.
  Ratings(std::vector<int> ratings, std::size_t players);

  /// Takes in a match's result and gives each seat's change, before the ends of the scale cut it.
  std::array<int, kSeats> Settle(GameType type, const std::array<PlayerId, kSeats>& seats,
                                 Team winner);

 private:
  int& Of(PlayerId player) { return ratings_.at(static_cast<std::size_t>(player)); }

  std::vector<int> ratings_;  ///< By PlayerId.
};

}  // namespace hakem::simulator

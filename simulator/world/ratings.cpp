#include "simulator/world/ratings.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace hakem::simulator {
namespace {

constexpr int kLowest = 0;
constexpr int kHighest = 3'000;
constexpr int kUsual = 1'000;

/// With this difference in points the stronger team is expected to win ten times as often.
constexpr double kTenTimesStronger = 400;

/// The largest change by one match: twice the change between equal teams.
int Stake(GameType type) {
  switch (type) {
    case GameType::kStandard:
      return 16;
    case GameType::kRanked:
      return 24;
    case GameType::kTournament:
      return 32;
    case GameType::kFriendly:
      return 0;
  }
  return 0;
}

}  // namespace

int RatingChange(GameType type, double winners, double losers) {
  const int stake = Stake(type);
  if (stake == 0) {
    return 0;
  }
  const double expected = 1 / (1 + std::pow(10, (losers - winners) / kTenTimesStronger));
  return std::max(1, static_cast<int>(std::lround(stake * (1 - expected))));
}

Ratings::Ratings(std::vector<int> ratings, std::size_t players) : ratings_(std::move(ratings)) {
  ratings_.resize(players, kUsual);
}

std::array<int, kSeats> Ratings::ApplyResult(GameType type,
                                             const std::array<PlayerId, kSeats>& seats,
                                             Team winner) {
  const auto mean = [&](Team team) { return (Of(seats.at(team)) + Of(seats.at(team + 2))) / 2.0; };
  const int change = RatingChange(type, mean(winner), mean(Opponents(winner)));
  std::array<int, kSeats> changes{};
  for (Seat seat = 0; seat < kSeats; ++seat) {
    changes.at(seat) = TeamOf(seat) == winner ? change : -change;
    int& rating = Of(seats.at(seat));
    rating = std::clamp(rating + changes.at(seat), kLowest, kHighest);
  }
  return changes;
}

}  // namespace hakem::simulator

#include "simulator/world/event.h"

namespace hakem::simulator {
namespace {

struct TypeShare {
  GameType type;
  double share;
};

constexpr std::array kTypeShares{
    TypeShare{GameType::kStandard, 0.50}, TypeShare{GameType::kRanked, 0.30},
    TypeShare{GameType::kFriendly, 0.15}, TypeShare{GameType::kTournament, 0.05}};

}  // namespace

GameType DrawGameType(Random& random) {
  double left = random.Unit();
  for (const auto& [type, share] : kTypeShares) {
    if (left < share) {
      return type;
    }
    left -= share;
  }
  return GameType::kStandard;
}

}  // namespace hakem::simulator

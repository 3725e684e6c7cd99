#include "simulator/world/tournaments.h"

#include <utility>

namespace hakem::simulator {

void Tournaments::Begin() {
  const std::uint64_t number = begun_++;
  finalists_.emplace(number, std::vector<PlayerId>());
  due_.push_back({number, TournamentRound::kFirstSemifinal});
  due_.push_back({number, TournamentRound::kSecondSemifinal});
}

std::optional<TournamentMatch> Tournaments::TakeDue() {
  if (due_.empty()) {
    return std::nullopt;
  }
  const TournamentMatch match = due_.front();
  due_.pop_front();
  return match;
}

std::vector<PlayerId> Tournaments::TakePlayers(const TournamentMatch& match) {
  if (match.round != TournamentRound::kFinal) {
    return {};
  }
  auto players = std::move(finalists_.extract(match.tournament).mapped());
  std::swap(players.at(1), players.at(2));  // Partners sit opposite each other.
  return players;
}

bool Tournaments::GoesOnAfter(const TournamentMatch& match) const {
  return match.round != TournamentRound::kFinal && finalists_.contains(match.tournament);
}

void Tournaments::Advance(const TournamentMatch& match, PlayerId first, PlayerId second) {
  auto& finalists = finalists_.at(match.tournament);
  finalists.insert(finalists.end(), {first, second});
  if (finalists.size() == kSeats) {
    due_.push_back({match.tournament, TournamentRound::kFinal});
  }
}

std::vector<PlayerId> Tournaments::CallOff(const TournamentMatch& match) {
  std::erase_if(due_,
                [&](const TournamentMatch& other) { return other.tournament == match.tournament; });
  auto called_off = finalists_.extract(match.tournament);
  return called_off ? std::move(called_off.mapped()) : std::vector<PlayerId>();
}

}  // namespace hakem::simulator

#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "simulator/world/event.h"

namespace hakem::simulator {

/// The knock-outs of a World: four teams each, two semi-finals, then the final of their winners.
/// Knows which match is to be played next and who waits for it. One user at a time.
class Tournaments {
 public:
  /// Its semi-finals can be played.
  void Begin();

  /// A match that can be played now, if there is one; each is given once.
  std::optional<TournamentMatch> TakeDue();

  /// Who plays this match, in the order of seats; nobody when anyone may: in a semi-final. With its
  /// final a tournament is forgotten.
  std::vector<PlayerId> TakePlayers(const TournamentMatch& match);

  /// Whether the winners of this match have another one to come.
  bool GoesOnAfter(const TournamentMatch& match) const;

  /// The winners wait for the final. Requires: GoesOnAfter(match).
  void Advance(const TournamentMatch& match, PlayerId first, PlayerId second);

  /// There is no further match; gives back who waited for it.
  std::vector<PlayerId> CallOff(const TournamentMatch& match);

  /// How many go on.
  int running() const { return static_cast<int>(finalists_.size()); }

 private:
  std::uint64_t begun_ = 0;
  std::deque<TournamentMatch> due_;
  std::map<std::uint64_t, std::vector<PlayerId>> finalists_;  ///< Of those that go on.
};

}  // namespace hakem::simulator

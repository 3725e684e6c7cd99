#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "simulator/world/event.h"

namespace hakem::simulator {

/// The knock-out tournaments of a World. Each has four teams, two semi-finals and a final. Knows
/// which matches can be played next and which players wait for a final. Used by one thread.
class Tournaments {
 public:
  /// Starts a tournament: its semi-finals can be played.
  void Begin();

  /// Returns a match that can be played now; nothing if there is none. Each match is returned once.
  std::optional<TournamentMatch> TakeDue();

  /// Returns the players of a final in the order of seats, and forgets the tournament. Returns no
  /// players for a semi-final, because anyone may play it.
  std::vector<PlayerId> TakePlayers(const TournamentMatch& match);

  /// Returns whether the winners of this match play another one.
  bool GoesOnAfter(const TournamentMatch& match) const;

  /// Lets the two winners wait for the final. Requires: GoesOnAfter(match).
  void Advance(const TournamentMatch& match, PlayerId first, PlayerId second);

  /// Cancels the rest of the tournament and returns the players who waited for its final.
  std::vector<PlayerId> CallOff(const TournamentMatch& match);

  /// The number of tournaments that have not ended.
  int running() const { return static_cast<int>(finalists_.size()); }

 private:
  std::uint64_t begun_ = 0;
  std::deque<TournamentMatch> due_;
  std::map<std::uint64_t, std::vector<PlayerId>> finalists_;  ///< By tournament that has not ended.
};

}  // namespace hakem::simulator

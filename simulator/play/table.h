#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "simulator/play/hokm.h"

namespace hakem::simulator {

enum class MoveType { kRoundStart, kChooseTrump, kPlayCard };

/// The value of game_moves.move_type.
constexpr std::string_view ToString(MoveType type) {
  constexpr std::array<std::string_view, 3> kNames{"round_start", "choose_trump", "play_card"};
  return kNames.at(static_cast<std::size_t>(type));
}

/// One move, and the state of the match after it.
struct Move {
  MoveType type = MoveType::kRoundStart;
  Seat seat = 0;               ///< The player who moved; the hakem at the start of a round.
  int sequence = 0;            ///< Counts from 1 in a match.
  int round = 0;               ///< Counts from 1 in a match.
  int trick = 0;               ///< Counts from 1 in a round; 0 before the first card.
  std::optional<Card> card;    ///< The card that was played.
  std::optional<Suit> trump;   ///< The trump that was named or is in force.
  std::array<int, 2> score{};  ///< Rounds won, by team.

  bool operator==(const Move&) const = default;
};

/// Returns the JSON in game_moves.move_data: the hakem, the suit, or suit and rank.
std::string MoveData(const Move& move);

/// A match of four simple players, move by move. A value; used by one thread.
class Table {
 public:
  /// The whole match depends only on these arguments.
  Table(int rounds_to_win, Random random);

  /// Makes the next move and returns it. Requires: not over().
  Move Next();

  bool over() const { return match_.winner().has_value(); }

  /// The player who makes the next move. Requires: not over().
  Seat turn() const { return round_ ? round_->turn() : match_.hakem(); }

  const Match& match() const { return match_; }

  /// The number of moves so far.
  int sequence() const { return sequence_; }

  /// The number of tricks that a player took in the whole match.
  int tricks_taken(Seat seat) const { return tricks_taken_.at(seat); }

 private:
  Move Made(MoveType type, Seat seat);
  Move StartRound();
  Move NameTrump();
  Move PlayCard();

  Random random_;
  Match match_;
  std::optional<Round> round_;  ///< Nothing between two rounds.
  int sequence_ = 0;
  std::array<int, kSeats> tricks_taken_{};
};

}  // namespace hakem::simulator

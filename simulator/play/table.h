#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "simulator/play/hokm.h"

namespace hakem::simulator {

enum class MoveType { kRoundStart, kChooseTrump, kPlayCard };

/// "round_start", "choose_trump", "play_card": as game_moves.move_type has it.
constexpr std::string_view ToString(MoveType type) {
  constexpr std::array<std::string_view, 3> kNames{"round_start", "choose_trump", "play_card"};
  return kNames.at(static_cast<std::size_t>(type));
}

/// One move, and how the match stands after it.
struct Move {
  MoveType type = MoveType::kRoundStart;
  Seat seat = 0;               ///< Who moved; the hakem when a round starts.
  int sequence = 0;            ///< Counts from 1 in a match.
  int round = 0;               ///< Counts from 1 in a match.
  int trick = 0;               ///< Counts from 1 in a round; 0 before the first card.
  std::optional<Card> card;    ///< What was played.
  std::optional<Suit> trump;   ///< Named or in force.
  std::array<int, 2> score{};  ///< Rounds won, by team.

  bool operator==(const Move&) const = default;
};

/// What game_moves.move_data has of it, in JSON: the hakem, the suit, or suit and rank.
std::string MoveData(const Move& move);

/// A match that four players of the same plain skill play, move by move. A value; one user at a
/// time.
class Table {
 public:
  /// Everything that happens at the table follows from the random stream.
  Table(int rounds_to_win, Random random);

  /// The next move. Requires: not over().
  Move Next();

  bool over() const { return match_.winner().has_value(); }

  /// Who makes the next move. Requires: not over().
  Seat turn() const { return round_ ? round_->turn() : match_.hakem(); }

  const Match& match() const { return match_; }

  /// Moves made.
  int sequence() const { return sequence_; }

  /// Tricks a player took in the whole match.
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

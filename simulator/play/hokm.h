#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "simulator/play/cards.h"

namespace hakem::simulator {

/// 0 … 3 in the order of play: the next one sits to the right.
using Seat = std::size_t;

/// 0 or 1. Partners face each other.
using Team = std::size_t;

inline constexpr Seat kSeats = 4;
inline constexpr int kTricksToWin = 7;
inline constexpr std::size_t kCardsBeforeTrump = 5;
inline constexpr std::size_t kCardsInHand = 13;

constexpr Seat RightOf(Seat seat) {
  return (seat + 1) % kSeats;
}

constexpr Team TeamOf(Seat seat) {
  return seat % 2;
}

constexpr Team Opponents(Team team) {
  return 1 - team;
}

/// Who names trump first: cards are dealt face up, from seat 0 on, until an ace falls.
Seat FirstHakem(const Deck& deck);

/// Which card of a trick wins it, as an index: the highest trump, else the highest card of the suit
/// that was led. `cards` are in the order of play. Requires: not empty.
std::size_t WinningCard(std::span<const Card> cards, Suit trump);

/// One round: five cards each, the hakem names trump, eight cards more, then trick after trick
/// until one team has seven. A value; one user at a time.
class Round {
 public:
  /// Deals the first five cards to each, the hakem first.
  Round(const Deck& deck, Seat hakem);

  /// Deals the rest; the hakem leads. Requires: no trump yet.
  void NameTrump(Suit trump);

  /// The player to the turn puts a card on the table. Requires: trump is named, nobody has won yet,
  /// and the card is one of LegalCards().
  void Play(Card card);

  /// What the player to the turn may play: the suit that was led if he has it, else anything.
  std::vector<Card> LegalCards() const;

  /// Whose turn it is.
  Seat turn() const { return turn_; }

  /// The cards a player holds, in the order in which he got them.
  const std::vector<Card>& hand(Seat seat) const { return hands_.at(seat); }

  /// The cards of the trick on the table, in the order of play; empty between tricks.
  const std::vector<Card>& trick() const { return trick_; }

  /// Counts from 1: the trick on the table, or the next one.
  int trick_number() const { return tricks_.at(0) + tricks_.at(1) + 1; }

  /// Who took the trick that ended last; nobody before the first has ended.
  std::optional<Seat> last_taker() const { return last_taker_; }

  int tricks(Team team) const { return tricks_.at(team); }

  Seat hakem() const { return hakem_; }

  std::optional<Suit> trump() const { return trump_; }

  /// The team with seven tricks.
  std::optional<Team> winner() const;

  /// What the round counts for its winner: 2 when the others took no trick (kot), else 1.
  /// Requires: there is a winner.
  int points() const;

 private:
  void Deal(std::size_t cards_each);

  Deck deck_;
  std::size_t dealt_ = 0;
  Seat hakem_;
  Seat turn_;
  std::optional<Suit> trump_;
  std::array<std::vector<Card>, kSeats> hands_;
  std::vector<Card> trick_;
  std::array<int, 2> tricks_{};
  std::optional<Seat> last_taker_;
};

/// The score of a match and who is hakem in its next round. A value.
class Match {
 public:
  /// Requires: rounds_to_win > 0.
  Match(int rounds_to_win, Seat first_hakem);

  /// Counts a round. The hakem stays when his team won it, else the player to his right follows.
  /// Requires: the round has a winner and was played under this hakem, the match has none.
  void Add(const Round& round);

  int score(Team team) const { return score_.at(team); }

  Seat hakem() const { return hakem_; }

  /// Counts from 1: the round that is played, or the next one.
  int round_number() const { return round_number_; }

  /// The first team with the rounds it takes to win.
  std::optional<Team> winner() const;

 private:
  int rounds_to_win_;
  Seat hakem_;
  std::array<int, 2> score_{};
  int round_number_ = 1;
};

}  // namespace hakem::simulator

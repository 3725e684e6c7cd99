#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "simulator/play/cards.h"

namespace hakem::simulator {

/// A seat, 0 … 3 in the order of play. The next player sits to the right.
using Seat = std::size_t;

/// A team, 0 or 1. Partners sit opposite each other.
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

/// Returns the first hakem, who names trump. Cards are dealt face up from seat 0 on, until a player
/// gets an ace.
Seat FirstHakem(const Deck& deck);

/// Returns the index of the card that wins a trick: the highest trump, or else the highest card of
/// the suit that was led. `cards` are in the order of play. Requires: not empty.
std::size_t WinningCard(std::span<const Card> cards, Suit trump);

/// One round. Each player gets five cards, the hakem names trump, each player gets eight more
/// cards, and tricks are played until one team has seven. A value.
class Round {
 public:
  /// Deals five cards to each player, beginning with the hakem.
  Round(const Deck& deck, Seat hakem);

  /// Names trump and deals the other cards; the hakem leads. Requires: trump was not named yet.
  void NameTrump(Suit trump);

  /// Plays a card of the player whose turn it is. Requires: trump is named, no team has won yet,
  /// and the card is one of LegalCards().
  void Play(Card card);

  /// Returns the cards that may be played now: those of the suit that was led, or else any.
  std::vector<Card> LegalCards() const;

  /// The player whose turn it is.
  Seat turn() const { return turn_; }

  /// The cards of a player, in the order in which they were dealt.
  const std::vector<Card>& hand(Seat seat) const { return hands_.at(seat); }

  /// The cards of the trick on the table, in the order of play; empty between tricks.
  const std::vector<Card>& trick() const { return trick_; }

  /// The number of the trick on the table, or else of the next one; counts from 1.
  int trick_number() const { return tricks_.at(0) + tricks_.at(1) + 1; }

  /// The player who took the last trick; nothing before the first one has ended.
  std::optional<Seat> last_taker() const { return last_taker_; }

  int tricks(Team team) const { return tricks_.at(team); }

  Seat hakem() const { return hakem_; }

  std::optional<Suit> trump() const { return trump_; }

  /// The team with seven tricks; nothing while no team has them.
  std::optional<Team> winner() const;

  /// The points of the winner: 2 if the other team took no trick (kot), else 1. Requires: there is
  /// a winner.
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

/// The score of a match, and the hakem of its next round. A value.
class Match {
 public:
  /// Requires: rounds_to_win > 0.
  Match(int rounds_to_win, Seat first_hakem);

  /// Adds the result of a round. If the hakem's team won he stays hakem, otherwise the player to
  /// his right follows. Requires: the round has a winner and was played under this hakem; the match
  /// has no winner yet.
  void Add(const Round& round);

  int score(Team team) const { return score_.at(team); }

  Seat hakem() const { return hakem_; }

  /// The number of the current round, or else of the next one; counts from 1.
  int round_number() const { return round_number_; }

  /// The team that has won enough rounds; nothing while there is none.
  std::optional<Team> winner() const;

 private:
  int rounds_to_win_;
  Seat hakem_;
  std::array<int, 2> score_{};
  int round_number_ = 1;
};

}  // namespace hakem::simulator

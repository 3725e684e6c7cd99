#include "simulator/play/hokm.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <vector>

namespace hakem::simulator {
namespace {

constexpr Card Clubs(int rank) {
  return {Suit::kClubs, rank};
}

constexpr Card Diamonds(int rank) {
  return {Suit::kDiamonds, rank};
}

constexpr Card Hearts(int rank) {
  return {Suit::kHearts, rank};
}

/// Plays legal cards until a team has won.
void PlayOut(Round& round) {
  while (!round.winner()) {
    round.Play(round.LegalCards().front());
  }
}

/// A round in which seat 0 has all clubs, seat 1 all diamonds and so on, so that a hakem who names
/// his own suit takes every trick.
Round RoundOfOneSuitEach(Seat hakem) {
  Deck deck;
  std::size_t next = 0;
  int rank = 2;
  for (const int packet : {5, 4, 4}) {
    for (Seat offset = 0; offset < kSeats; ++offset) {
      for (int i = 0; i < packet; ++i) {
        deck.at(next++) = Card{kSuits.at((hakem + offset) % kSeats), rank + i};
      }
    }
    rank += packet;
  }
  return Round(deck, hakem);
}

TEST(Trick, GoesToTheHighestCardOfTheSuitThatWasLed) {
  const std::vector<Card> trick{Clubs(5), Clubs(kQueen), Diamonds(kAce), Clubs(9)};

  EXPECT_EQ(WinningCard(trick, Suit::kHearts), 1U);
}

TEST(Trick, GoesToTheHighestTrumpIfThereIsOne) {
  const std::vector<Card> trick{Clubs(kAce), Hearts(2), Clubs(kKing), Hearts(3)};

  EXPECT_EQ(WinningCard(trick, Suit::kHearts), 3U);
}

TEST(FirstHakem, IsThePlayerWithTheFirstAce) {
  Deck deck = SortedDeck();
  EXPECT_EQ(FirstHakem(deck), 0U) << "the ace of clubs is the 13th card";

  std::swap(deck.at(6), deck.at(12));
  EXPECT_EQ(FirstHakem(deck), 2U);
}

TEST(Round, DealsFiveCardsBeforeTrumpIsNamedAndThirteenAfter) {
  Round round(SortedDeck(), 2);
  EXPECT_THAT(round.hand(2),
              testing::ElementsAre(Clubs(2), Clubs(3), Clubs(4), Clubs(5), Clubs(6)));
  for (Seat seat = 0; seat < kSeats; ++seat) {
    EXPECT_EQ(round.hand(seat).size(), kCardsBeforeTrump);
  }

  round.NameTrump(Suit::kClubs);

  for (Seat seat = 0; seat < kSeats; ++seat) {
    EXPECT_EQ(round.hand(seat).size(), kCardsInHand);
  }
  EXPECT_EQ(round.turn(), 2U) << "the hakem leads";
}

TEST(Round, RequiresFollowingSuitOnlyIfPossible) {
  Round round(SortedDeck(), 0);
  round.NameTrump(Suit::kHearts);
  round.Play(Clubs(2));

  for (const Card& card : round.LegalCards()) {
    EXPECT_EQ(card.suit, Suit::kClubs);
  }

  Round void_in_suit = RoundOfOneSuitEach(0);
  void_in_suit.NameTrump(Suit::kHearts);
  void_in_suit.Play(Clubs(2));
  EXPECT_EQ(void_in_suit.LegalCards().size(), kCardsInHand);
}

TEST(Round, EndsWithTheSeventhTrickAndCountsDoubleIfTheOthersHaveNone) {
  Round round = RoundOfOneSuitEach(1);
  round.NameTrump(Suit::kDiamonds);

  PlayOut(round);

  EXPECT_EQ(round.winner(), Team{1});
  EXPECT_EQ(round.tricks(1), 7);
  EXPECT_EQ(round.tricks(0), 0);
  EXPECT_EQ(round.points(), 2);
  EXPECT_EQ(round.hand(1).size(), kCardsInHand - 7);
}

TEST(Match, KeepsTheHakemWhoseTeamWonTheRound) {
  Match match(7, 1);
  Round round = RoundOfOneSuitEach(1);
  round.NameTrump(Suit::kDiamonds);
  PlayOut(round);

  match.Add(round);

  EXPECT_EQ(match.score(1), 2);
  EXPECT_EQ(match.hakem(), 1U);
  EXPECT_EQ(match.round_number(), 2);
}

TEST(Match, PassesTheHakemsSeatToTheRightWhenHisTeamLost) {
  Match match(2, 3);
  Round round = RoundOfOneSuitEach(3);
  round.NameTrump(Suit::kClubs);  // The suit of seat 0, to the right of the hakem.
  PlayOut(round);

  match.Add(round);

  EXPECT_EQ(match.hakem(), 0U);
  EXPECT_EQ(match.winner(), Team{0}) << "a kot is worth both rounds";
}

TEST(RoundDeathTest, AbortsOnACardThatIsNotLegal) {
  Round round(SortedDeck(), 0);
  round.NameTrump(Suit::kClubs);

  EXPECT_DEATH(round.Play(Clubs(7)), "check failed");
}

}  // namespace
}  // namespace hakem::simulator

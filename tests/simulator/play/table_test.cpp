#include "simulator/play/table.h"

#include <gmock/gmock.h>

#include <array>
#include <map>
#include <set>
#include <vector>

namespace hakem::simulator {
namespace {

/// Follows a match by its moves and checks each of them. It is written from the rules and uses
/// nothing of hokm.cpp. It knows hands only by what players show: a player who does not follow suit
/// must not play that suit later in the round.
class Referee {
 public:
  explicit Referee(int rounds_to_win) : rounds_to_win_(rounds_to_win) {}

  void See(const Move& move) {
    ASSERT_FALSE(MatchIsWon()) << "a move after the end";
    ASSERT_EQ(move.sequence, ++moves_);
    switch (move.type) {
      case MoveType::kRoundStart:
        SeeRoundStart(move);
        break;
      case MoveType::kChooseTrump:
        SeeTrump(move);
        break;
      case MoveType::kPlayCard:
        SeeCard(move);
        break;
    }
    EXPECT_EQ(move.round, round_);
    EXPECT_EQ(move.score.at(0), score_.at(0));
    EXPECT_EQ(move.score.at(1), score_.at(1));
  }

  bool MatchIsWon() const {
    return score_.at(0) >= rounds_to_win_ || score_.at(1) >= rounds_to_win_;
  }

  int rounds() const { return round_; }

  int cards_played() const { return cards_played_; }

 private:
  void SeeRoundStart(const Move& move) {
    ASSERT_EQ(state_, State::kBetweenRounds);
    if (next_hakem_) {
      EXPECT_EQ(move.seat, *next_hakem_);
    }
    EXPECT_EQ(move.trick, 0);
    EXPECT_FALSE(move.trump || move.card);
    ++round_;
    hakem_ = move.seat;
    shown_.clear();
    lacks_.clear();
    taken_ = {};
    state_ = State::kTrump;
  }

  void SeeTrump(const Move& move) {
    ASSERT_EQ(state_, State::kTrump);
    ASSERT_TRUE(move.trump);
    EXPECT_EQ(move.seat, hakem_);
    trump_ = *move.trump;
    turn_ = hakem_;
    state_ = State::kCards;
  }

  void SeeCard(const Move& move) {
    ASSERT_EQ(state_, State::kCards);
    ASSERT_TRUE(move.card);
    EXPECT_EQ(move.trump, trump_);
    EXPECT_EQ(move.seat, turn_);
    EXPECT_EQ(move.trick, taken_.at(0) + taken_.at(1) + 1);
    const auto [suit, rank] = *move.card;
    EXPECT_TRUE(shown_.emplace(suit, rank).second) << "a card played twice";
    EXPECT_FALSE(lacks_.contains({move.seat, suit})) << "a suit this player did not have";
    if (!on_table_.empty() && on_table_.front().suit != suit) {
      lacks_.emplace(move.seat, on_table_.front().suit);
    }
    on_table_.push_back({move.seat, suit, rank});
    ++cards_played_;
    turn_ = (turn_ + 1) % 4;
    if (on_table_.size() == 4) {
      TakeTrick();
    }
  }

  void TakeTrick() {
    // Trumps outrank the suit that was led, which outranks everything else.
    std::map<int, std::size_t> by_worth;
    for (const auto& [seat, suit, rank] : on_table_) {
      const int worth = suit == trump_ ? 200 : suit == on_table_.front().suit ? 100 : 0;
      by_worth[worth + rank] = seat;
    }
    turn_ = by_worth.rbegin()->second;
    on_table_.clear();
    const std::size_t team = turn_ % 2;
    if (++taken_.at(team) < 7) {
      return;
    }
    score_.at(team) += taken_.at(1 - team) == 0 ? 2 : 1;
    next_hakem_ = hakem_ % 2 == team ? hakem_ : (hakem_ + 1) % 4;
    state_ = State::kBetweenRounds;
  }

  enum class State { kBetweenRounds, kTrump, kCards };

  struct Shown {
    std::size_t seat;
    Suit suit;
    int rank;
  };

  const int rounds_to_win_;
  State state_ = State::kBetweenRounds;
  int moves_ = 0;
  int round_ = 0;
  int cards_played_ = 0;
  std::size_t hakem_ = 0;
  std::optional<std::size_t> next_hakem_;
  std::size_t turn_ = 0;
  Suit trump_ = Suit::kClubs;
  std::vector<Shown> on_table_;
  std::set<std::pair<Suit, int>> shown_;
  std::set<std::pair<std::size_t, Suit>> lacks_;
  std::array<int, 2> taken_{};
  std::array<int, 2> score_{};
};

std::vector<Move> PlayMatch(std::uint64_t seed) {
  Table table(7, Random(seed));
  std::vector<Move> moves;
  while (!table.over()) {
    moves.push_back(table.Next());
  }
  return moves;
}

TEST(Table, PlaysThousandsOfMatchesByTheRules) {
  constexpr int kMatches = 3'000;
  Random seeds(2026);
  double rounds = 0;
  double cards = 0;
  for (int match = 0; match < kMatches; ++match) {
    const int rounds_to_win = 1 + match % 7;
    Table table(rounds_to_win, seeds.Fork());
    Referee referee(rounds_to_win);
    int tricks = 0;
    while (!table.over()) {
      const Seat turn = table.turn();
      const Move move = table.Next();
      ASSERT_EQ(move.seat, turn);
      ASSERT_NO_FATAL_FAILURE(referee.See(move));
    }
    ASSERT_TRUE(referee.MatchIsWon());
    for (Seat seat = 0; seat < kSeats; ++seat) {
      tricks += table.tricks_taken(seat);
    }
    ASSERT_EQ(tricks * 4, referee.cards_played());
    rounds += referee.rounds();
    cards += referee.cards_played();
  }
  EXPECT_NEAR(cards / rounds, 42, 2);
}

TEST(Table, TakesAboutTenRoundsToSevenPoints) {
  constexpr int kMatches = 1'000;
  double rounds = 0;
  for (std::uint64_t seed = 0; seed < kMatches; ++seed) {
    rounds += PlayMatch(seed).back().round;
  }

  EXPECT_NEAR(rounds / kMatches, 10.4, 0.6);
}

TEST(Table, PlaysTheSameMatchForTheSameSeed) {
  EXPECT_EQ(PlayMatch(5), PlayMatch(5));
  EXPECT_NE(PlayMatch(5), PlayMatch(6));
}

TEST(MoveData, IsJsonByTheTypeOfTheMove) {
  Move move;
  move.seat = 2;
  move.card = Card{Suit::kSpades, kAce};
  move.trump = Suit::kHearts;
  EXPECT_EQ(MoveData(move), R"({"hakem":2})");
  move.type = MoveType::kChooseTrump;
  EXPECT_EQ(MoveData(move), R"({"suit":"hearts"})");
  move.type = MoveType::kPlayCard;
  EXPECT_EQ(MoveData(move), R"({"suit":"spades","rank":14})");
}

}  // namespace
}  // namespace hakem::simulator

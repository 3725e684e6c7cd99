#include "simulator/play/hokm.h"

#include <algorithm>
#include <iterator>

#include "model/check.h"

namespace hakem::simulator {
namespace {

bool Beats(const Card& challenger, const Card& best, Suit trump) {
  if (challenger.suit == best.suit) {
    return challenger.rank > best.rank;
  }
  return challenger.suit == trump;
}

}  // namespace

Seat FirstHakem(const Deck& deck) {
  const auto ace =
      std::find_if(deck.begin(), deck.end(), [](const Card& card) { return card.rank == kAce; });
  return static_cast<Seat>(ace - deck.begin()) % kSeats;
}

std::size_t WinningCard(std::span<const Card> cards, Suit trump) {
  HAKEM_CHECK(!cards.empty());
  std::size_t best = 0;
  for (std::size_t i = 1; i < cards.size(); ++i) {
    if (Beats(cards[i], cards[best], trump)) {
      best = i;
    }
  }
  return best;
}

Round::Round(const Deck& deck, Seat hakem) : deck_(deck), hakem_(hakem), turn_(hakem) {
  HAKEM_CHECK(hakem < kSeats);
  Deal(kCardsBeforeTrump);
}

void Round::NameTrump(Suit trump) {
  HAKEM_CHECK(!trump_);
  trump_ = trump;
  Deal(4);
  Deal(4);
}

void Round::Deal(std::size_t cards_each) {
  for (Seat offset = 0; offset < kSeats; ++offset) {
    auto& hand = hands_.at((hakem_ + offset) % kSeats);
    std::copy_n(deck_.begin() + static_cast<std::ptrdiff_t>(dealt_), cards_each,
                std::back_inserter(hand));
    dealt_ += cards_each;
  }
}

std::vector<Card> Round::LegalCards() const {
  const auto& hand = hands_.at(turn_);
  if (trick_.empty()) {
    return hand;
  }
  std::vector<Card> following;
  std::copy_if(hand.begin(), hand.end(), std::back_inserter(following),
               [led = trick_.front().suit](const Card& card) { return card.suit == led; });
  return following.empty() ? hand : following;
}

void Round::Play(Card card) {
  HAKEM_CHECK(trump_ && !winner());
  const auto legal = LegalCards();
  HAKEM_CHECK(std::find(legal.begin(), legal.end(), card) != legal.end());

  auto& hand = hands_.at(turn_);
  hand.erase(std::find(hand.begin(), hand.end(), card));
  trick_.push_back(card);
  turn_ = RightOf(turn_);
  if (trick_.size() < kSeats) {
    return;
  }
  // All four have played, so the turn is back at the player who led.
  const Seat taker = (turn_ + WinningCard(trick_, *trump_)) % kSeats;
  ++tricks_.at(TeamOf(taker));
  last_taker_ = taker;
  turn_ = taker;
  trick_.clear();
}

std::optional<Team> Round::winner() const {
  for (const Team team : {Team{0}, Team{1}}) {
    if (tricks_.at(team) >= kTricksToWin) {
      return team;
    }
  }
  return std::nullopt;
}

int Round::points() const {
  HAKEM_CHECK(winner());
  return tricks_.at(Opponents(*winner())) == 0 ? 2 : 1;
}

Match::Match(int rounds_to_win, Seat first_hakem)
    : rounds_to_win_(rounds_to_win), hakem_(first_hakem) {
  HAKEM_CHECK(rounds_to_win > 0 && first_hakem < kSeats);
}

void Match::Add(const Round& round) {
  HAKEM_CHECK(round.winner() && round.hakem() == hakem_ && !winner());
  score_.at(*round.winner()) += round.points();
  if (TeamOf(hakem_) != *round.winner()) {
    hakem_ = RightOf(hakem_);
  }
  ++round_number_;
}

std::optional<Team> Match::winner() const {
  for (const Team team : {Team{0}, Team{1}}) {
    if (score_.at(team) >= rounds_to_win_) {
      return team;
    }
  }
  return std::nullopt;
}

}  // namespace hakem::simulator

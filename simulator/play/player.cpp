#include "simulator/play/player.h"

#include <algorithm>
#include <vector>

#include "model/check.h"

namespace hakem::simulator {
namespace {

constexpr double kWhims = 0.125;

/// Orders cards by their value for a player: all trumps are above all other cards.
auto WorthLess(Suit trump) {
  return [trump](const Card& a, const Card& b) {
    return std::pair(a.suit == trump, a.rank) < std::pair(b.suit == trump, b.rank);
  };
}

bool PartnerHasTheTrick(const Round& round) {
  return round.trick().size() >= 2 &&
         WinningCard(round.trick(), *round.trump()) == round.trick().size() - 2;
}

/// Returns those of `cards` that would take the trick now.
std::vector<Card> Takers(const Round& round, const std::vector<Card>& cards) {
  std::vector<Card> takers;
  std::vector<Card> trick = round.trick();
  trick.emplace_back();
  std::copy_if(cards.begin(), cards.end(), std::back_inserter(takers), [&](const Card& card) {
    trick.back() = card;
    return WinningCard(trick, *round.trump()) == trick.size() - 1;
  });
  return takers;
}

}  // namespace

Suit ChooseTrump(std::span<const Card> hand) {
  HAKEM_CHECK(!hand.empty());
  const auto strength = [hand](Suit suit) {
    std::pair<int, int> length_and_ranks;
    for (const Card& card : hand) {
      if (card.suit == suit) {
        ++length_and_ranks.first;
        length_and_ranks.second += card.rank;
      }
    }
    return length_and_ranks;
  };
  return *std::max_element(kSuits.begin(), kSuits.end(),
                           [&](Suit a, Suit b) { return strength(a) < strength(b); });
}

Card ChooseCard(const Round& round, Random& random) {
  const std::vector<Card> legal = round.LegalCards();
  if (random.Chance(kWhims)) {
    return legal.at(random.Below(legal.size()));
  }
  if (round.trick().empty()) {
    return *std::max_element(legal.begin(), legal.end(),
                             [](const Card& a, const Card& b) { return a.rank < b.rank; });
  }
  const auto worth_less = WorthLess(*round.trump());
  const std::vector<Card> takers =
      PartnerHasTheTrick(round) ? std::vector<Card>{} : Takers(round, legal);
  const std::vector<Card>& choice = takers.empty() ? legal : takers;
  return *std::min_element(choice.begin(), choice.end(), worth_less);
}

}  // namespace hakem::simulator

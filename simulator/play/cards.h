#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

#include "simulator/play/random.h"

namespace hakem::simulator {

enum class Suit { kClubs, kDiamonds, kHearts, kSpades };

inline constexpr std::array kSuits{Suit::kClubs, Suit::kDiamonds, Suit::kHearts, Suit::kSpades};

/// The value of game_sessions.trump_suit.
constexpr std::string_view ToString(Suit suit) {
  constexpr std::array<std::string_view, 4> kNames{"clubs", "diamonds", "hearts", "spades"};
  return kNames.at(static_cast<std::size_t>(suit));
}

inline constexpr int kJack = 11;
inline constexpr int kQueen = 12;
inline constexpr int kKing = 13;
inline constexpr int kAce = 14;

struct Card {
  Suit suit = Suit::kClubs;
  int rank = 2;  ///< 2 … 10, kJack, kQueen, kKing or kAce; the higher rank wins.

  bool operator==(const Card&) const = default;
};

/// All 52 cards in the order in which they are dealt.
using Deck = std::array<Card, 52>;

/// Returns the deck sorted by suit and rank.
constexpr Deck SortedDeck() {
  Deck deck;
  std::size_t next = 0;
  for (const Suit suit : kSuits) {
    for (int rank = 2; rank <= kAce; ++rank) {
      deck.at(next++) = Card{suit, rank};
    }
  }
  return deck;
}

/// Returns a shuffled deck; every order is equally likely.
constexpr Deck ShuffledDeck(Random& random) {
  Deck deck = SortedDeck();
  for (std::size_t left = deck.size(); left > 1; --left) {
    std::swap(deck.at(left - 1), deck.at(random.Below(left)));
  }
  return deck;
}

}  // namespace hakem::simulator

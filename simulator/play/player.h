#pragma once

#include <span>

#include "simulator/play/hokm.h"

namespace hakem::simulator {

/// What a hakem names who has seen his first cards: his longest suit, of equally long ones the one
/// with the higher ranks. Requires: not empty.
Suit ChooseTrump(std::span<const Card> hand);

/// What a plain but sensible player plays: leads his highest card; takes a trick as cheaply as he
/// can unless his partner has it; else throws his lowest card, trumps last. Now and then (one move
/// in eight) he plays any legal card. Requires: Round::Play may be called.
Card ChooseCard(const Round& round, Random& random);

}  // namespace hakem::simulator

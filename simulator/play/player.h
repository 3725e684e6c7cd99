#pragma once

#include <span>

#include "simulator/play/hokm.h"

namespace hakem::simulator {

/// Returns the trump that a hakem names after his first cards: his longest suit, or among equally
/// long ones that with the higher ranks. Requires: not empty.
Suit ChooseTrump(std::span<const Card> hand);

/// Returns the card that a simple player plays. He leads his highest card, takes a trick with his
/// lowest sufficient card unless his partner has it, and otherwise throws his lowest card, trumps
/// last. In one of eight moves he plays any legal card. Requires: Round::Play may be called.
Card ChooseCard(const Round& round, Random& random);

}  // namespace hakem::simulator

#include "simulator/play/table.h"

#include "format/json_writer.h"
#include "model/check.h"
#include "simulator/play/player.h"

namespace hakem::simulator {

std::string MoveData(const Move& move) {
  std::string data;
  JsonWriter json(data);
  json.Object([&] {
    switch (move.type) {
      case MoveType::kRoundStart:
        return json.Member("hakem", move.seat);
      case MoveType::kChooseTrump:
        return json.Member("suit", ToString(*move.trump));
      case MoveType::kPlayCard:
        json.Member("suit", ToString(move.card->suit));
        return json.Member("rank", move.card->rank);
    }
  });
  return data;
}

Table::Table(int rounds_to_win, Random random)
    : random_(random), match_(rounds_to_win, FirstHakem(ShuffledDeck(random_))) {}

Move Table::Next() {
  HAKEM_CHECK(!over());
  if (!round_) {
    return StartRound();
  }
  return round_->trump() ? PlayCard() : NameTrump();
}

Move Table::Made(MoveType type, Seat seat) {
  return Move{.type = type,
              .seat = seat,
              .sequence = ++sequence_,
              .round = match_.round_number(),
              .trick = 0,
              .card = std::nullopt,
              .trump = round_->trump(),
              .score = {match_.score(0), match_.score(1)}};
}

Move Table::StartRound() {
  round_.emplace(ShuffledDeck(random_), match_.hakem());
  return Made(MoveType::kRoundStart, match_.hakem());
}

Move Table::NameTrump() {
  round_->NameTrump(ChooseTrump(round_->hand(round_->hakem())));
  return Made(MoveType::kChooseTrump, round_->hakem());
}

Move Table::PlayCard() {
  const Card card = ChooseCard(*round_, random_);
  Move move = Made(MoveType::kPlayCard, round_->turn());
  move.card = card;
  move.trick = round_->trick_number();
  round_->Play(card);
  if (round_->trick().empty()) {
    ++tricks_taken_.at(*round_->last_taker());
  }
  if (round_->winner()) {
    match_.Add(*round_);
    move.score = {match_.score(0), match_.score(1)};
    round_.reset();
  }
  return move;
}

}  // namespace hakem::simulator

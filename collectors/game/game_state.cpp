#include "collectors/game/game_state.h"

#include "model/check.h"

namespace hakem::collectors {
namespace {

void LearnValues(const GameColumn* column, LabelBudget& budget, Tally& counters) {
  if (column == nullptr) {
    counters.try_emplace(std::string(budget.Admit("")), 0);
    return;
  }
  for (const std::string& value : column->values) {
    counters.try_emplace(std::string(budget.Admit(value)), 0);
  }
}

void AddTo(Tally& counters, LabelBudget& budget, const Tally& news) {
  for (const auto& [name, count] : news) {
    counters[std::string(budget.Admit(name))] += count;
  }
}

std::uint64_t Sum(const Tally& tally) {
  std::uint64_t sum = 0;
  for (const auto& [name, count] : tally) {
    sum += count;
  }
  return sum;
}

}  // namespace

void GameState::Learn(const GameSchema& schema) {
  LearnValues(schema.Find("game_sessions", "game_type"), game_types_, created_);
  LearnValues(schema.Find("game_moves", "move_type"), move_types_, moves_);
}

void GameState::StartAt(PgTimestamp from) {
  watermark_ = from;
  windows_.moves.Clear();
  windows_.created.Clear();
  windows_.finished.Clear();
}

void GameState::Apply(GameReading reading) {
  HAKEM_CHECK(watermark_ == reading.from);
  for (const LiveGroup& group : reading.live) {
    game_types_.Admit(group.game_type);
  }
  AddTo(created_, game_types_, reading.created);
  AddTo(moves_, move_types_, reading.moves);
  const auto happened = [&](std::uint64_t count, std::chrono::microseconds total = {}) {
    return Interval{reading.from, reading.bound, static_cast<std::int64_t>(count), total};
  };
  windows_.moves.Add(happened(Sum(reading.moves)));
  windows_.created.Add(happened(Sum(reading.created)));
  windows_.finished.Add(happened(reading.finished, reading.finished_play));
  watermark_ = reading.bound;
  last_ = std::move(reading);
}

}  // namespace hakem::collectors

#include "collectors/game/checkpoint.h"

#include <utility>

namespace hakem::collectors {

GameRecords GameCheckpoint::Open(std::string key, const Logger& log) {
  usable_ = false;
  key_ = std::move(key);
  saved_.clear();
  if (store_ == nullptr) {
    return {};
  }
  auto loaded = store_->Load(key_);
  if (!loaded) {
    log.Warn("the saved counters of the game cannot be read: they are not kept over a restart",
             {{"code", loaded.error().code}, {"error", loaded.error().message}});
    return {};
  }
  usable_ = true;
  saved_ = *std::move(loaded);
  return saved_;
}

void GameCheckpoint::Save(const GameState& state, const Logger& log) {
  if (!usable_) {
    return;
  }
  GameRecords records = state.Write();
  const auto saved = store_->Save(key_, Difference(saved_, records));
  if (saved) {
    saved_ = std::move(records);
  } else if (!failing_) {
    log.Warn("the counters of the game could not be saved",
             {{"code", saved.error().code}, {"error", saved.error().message}});
  }
  failing_ = !saved;
}

GameChange Difference(const GameRecords& before, const GameRecords& after) {
  GameChange change;
  for (const auto& [key, value] : after) {
    const auto found = before.find(key);
    if (found == before.end() || found->second != value) {
      change.put.emplace(key, value);
    }
  }
  for (const auto& [key, value] : before) {
    if (!after.contains(key)) {
      change.erased.push_back(key);
    }
  }
  return change;
}

}  // namespace hakem::collectors

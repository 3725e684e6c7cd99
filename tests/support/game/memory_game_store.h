#pragma once

#include <map>
#include <optional>
#include <string>

#include "collectors/core/game_store.h"

namespace hakem::collectors {

/// Stores games in memory; fails while `failure` is set. Used by one thread.
class MemoryGameStore final : public GameStore {
 public:
  Result<GameRecords> Load(std::string_view name) override {
    return failure ? Fail(*failure) : Result<GameRecords>(games[std::string(name)]);
  }

  Result<void> Save(std::string_view name, const GameChange& change) override {
    ++saves;
    if (failure) {
      return Fail(*failure);
    }
    GameRecords& records = games[std::string(name)];
    for (const auto& [key, value] : change.put) {
      records.insert_or_assign(key, value);
    }
    for (const std::string& key : change.erased) {
      records.erase(key);
    }
    last = change;
    return {};
  }

  std::map<std::string, GameRecords> games;
  std::optional<Error> failure;
  int saves = 0;
  GameChange last;
};

}  // namespace hakem::collectors

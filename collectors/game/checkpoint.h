#pragma once

#include <string>

#include "collectors/core/game_store.h"
#include "collectors/game/counting/game_state.h"
#include "model/log.h"

namespace hakem::collectors {

/// Saves one game's state in a store. After each collection it writes what changed since the
/// previous one, so that counting continues after a crash. If the store fails no metric is lost:
/// the changes are saved with the next collection, and a restart before that reads the same time
/// range again. Used by one thread.
class GameCheckpoint {
 public:
  /// `store` outlives this object. Null: nothing is saved or restored.
  explicit GameCheckpoint(GameStore* store) : store_(store) {}

  /// Selects the game `key` and returns its saved records. Returns an empty map if there are none,
  /// or without a store. If the store cannot be read it logs a warning, returns an empty map and
  /// saves nothing until the next Open.
  GameRecords Open(std::string key, const Logger& log);

  /// Saves the difference to the last saved state; logs a warning if the store starts to fail.
  /// Requires: `state` has a watermark.
  void Save(const GameState& state, const Logger& log);

 private:
  GameStore* const store_;
  std::string key_;
  bool usable_ = false;   ///< The store holds `saved_` under `key_`.
  bool failing_ = false;  ///< The last save failed.
  GameRecords saved_;
};

/// Returns the change that turns `before` into `after`.
GameChange Difference(const GameRecords& before, const GameRecords& after);

}  // namespace hakem::collectors

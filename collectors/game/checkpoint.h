#pragma once

#include <string>

#include "collectors/core/game_store.h"
#include "collectors/game/counting/game_state.h"
#include "model/log.h"

namespace hakem::collectors {

/// Keeps one game's state in a store: after each collection it writes what has changed since the
/// last, so that a killed Hakem goes on from its last collection. A store that fails costs no
/// metric: what could not be saved is saved with the next collection, and a Hakem that is restarted
/// before reads the same span again.
class GameCheckpoint {
 public:
  /// `store` outlives this; null: nothing is kept.
  explicit GameCheckpoint(GameStore* store) : store_(store) {}

  /// Keeps what is saved from now on under `key`, and tells what is kept there; empty where nothing
  /// is, where it cannot be read (the log says so, and this checkpoint does nothing until the next
  /// Open) and without a store.
  GameRecords Open(std::string key, const Logger& log);

  /// Requires: `state` has a watermark.
  void Save(const GameState& state, const Logger& log);

 private:
  GameStore* const store_;
  std::string key_;
  bool usable_ = false;   ///< The store holds `saved_` under `key_`.
  bool failing_ = false;  ///< The last save failed.
  GameRecords saved_;
};

/// What turns `before` into `after`.
GameChange Difference(const GameRecords& before, const GameRecords& after);

}  // namespace hakem::collectors

#pragma once

#include <string>

#include "model/time.h"

namespace hakem::collectors {

/// One game whose tables are watched.
struct GameOptions {
  std::string name = {};    ///< The label `game`; empty: the schema's name.
  std::string schema = {};  ///< Empty: the first schema that has game_sessions.
  Duration max_game_duration = std::chrono::hours(2);  ///< Beyond it a game is long-running.
  Duration online_window = std::chrono::minutes(5);    ///< A socket with a ping within it is alive.
};

}  // namespace hakem::collectors

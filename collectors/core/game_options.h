#pragma once

#include <string>
#include <vector>

#include "model/time.h"

namespace hakem::collectors {

/// Upper bounds of the game's histograms, in seconds: finite, sorted, each once.
struct GameHistogramBounds {
  std::vector<double> duration = {60,   120,  300,  600,  900,   1200, 1800,
                                  2700, 3600, 5400, 7200, 10800, 14400};
  std::vector<double> matchmaking_wait = {1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800};
  std::vector<double> move_response = {0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 15, 20, 30, 60};
};

/// One game whose tables are watched.
struct GameOptions {
  std::string name = {};    ///< The label `game`; empty: the schema's name.
  std::string schema = {};  ///< Empty: the first schema that has game_sessions.
  Duration max_game_duration = std::chrono::hours(2);  ///< Beyond it a game is long-running.
  Duration online_window = std::chrono::minutes(5);    ///< A socket with a ping within it is alive.
  GameHistogramBounds bounds = {};
};

}  // namespace hakem::collectors

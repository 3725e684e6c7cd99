#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "collectors/core/session.h"
#include "model/time.h"

namespace hakem::collectors {

/// Live sessions that share status and type.
struct LiveGroup {
  std::string status;
  std::string game_type;  ///< Empty: the schema has none.
  double sessions = 0;
  double seats_taken = 0;
  double seats_free = 0;
  double long_running = 0;
  double oldest_play_seconds = 0;   ///< Since started_at, or created_at where there is none.
  double oldest_lobby_seconds = 0;  ///< Since created_at.
};

/// How many of what happened, by name.
using Tally = std::map<std::string, std::uint64_t, std::less<>>;

/// What one execution of the game statement said: the live scan at `now`, and what happened in
/// [from, bound).
struct GameReading {
  PgTimestamp now;
  PgTimestamp from;
  PgTimestamp bound;   ///< Not before `from`.
  bool exact = false;  ///< No row of the past of `bound` can still be committed.
  std::vector<LiveGroup> live = {};
  double online_players = 0;
  double stale_connections = 0;
  Tally created = {};  ///< By game type.
  Tally moves = {};    ///< By move type.
  std::uint64_t finished = 0;
  std::chrono::microseconds finished_play{0};  ///< Their times from start to completion, together.
};

/// Reads the rows of GameSql. Errors: kInternal: they are something else.
Result<GameReading> ReadGame(const Rows& rows);

}  // namespace hakem::collectors

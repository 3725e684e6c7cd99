#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "collectors/game/counting/connection_tracker.h"
#include "collectors/game/counting/session_tracker.h"
#include "collectors/game/counting/tally.h"
#include "model/time.h"

namespace hakem::collectors {

/// What is wrong with a live session: its times, its numbers of players, its id. Bits.
inline constexpr int kTroubleTime = 1;
inline constexpr int kTroubleSeats = 2;
inline constexpr int kTroubleId = 4;

/// Live sessions that share status and type, and whether they were started.
struct LiveGroup {
  std::string status;
  std::string game_type;  ///< Empty: the schema has none.
  std::vector<LiveSession> members = {};
  double sessions = 0;
  double seats_taken = 0;
  double seats_free = 0;
  double long_running = 0;
  double oldest_play_seconds = 0;   ///< Since started_at, or created_at where there is none.
  double oldest_lobby_seconds = 0;  ///< Since created_at.
  int trouble = 0;                  ///< kTrouble…, the same for all.
};

/// How long players took for their moves.
struct ResponseTimes {
  std::vector<double> at_most = {};  ///< How many took at most each bound.
  double count = 0;
  double sum_seconds = 0;
  std::uint64_t missing = 0;       ///< Moves without one; not in `count`.
  std::uint64_t negative = 0;      ///< Not in `count` either.
  std::uint64_t out_of_range = 0;  ///< Longer than any can be; not in `count` either.
};

/// What one execution of the game statement said: the live scan at `now`, the rows asked for, and
/// what happened in [from, bound).
struct GameReading {
  PgTimestamp now;
  PgTimestamp from;
  PgTimestamp bound;  ///< Not before `from`.
  PgTimestamp
      reached;         ///< How far the database lets count; before `from` when its clock went back.
  bool exact = false;  ///< No row of the past of `bound` can still come.
  bool scanned = true;  ///< Live sessions and active connections were read.
  /// False: there was more than one reading takes, and what became of some rows may stay uncounted.
  bool complete = true;
  /// Without a scan: the ids of games with a move in the minute before `now`; nothing where moves
  /// do not tell their game.
  std::optional<std::vector<std::string>> moving_games = {};
  double moving = 0;  ///< How many games `moving_games` should have: it has kMostFollowed at most.
  std::vector<LiveGroup> live = {};
  std::vector<SessionRow> asked_sessions = {};
  std::vector<SessionRow> created = {};
  Tally more_created = {};  ///< By game type: those that have no row in `created`.
  double online_players = 0;
  double stale_connections = 0;
  std::vector<std::string> active_connections = {};  ///< Ids.
  std::vector<ConnectionRow> asked_connections = {};
  std::vector<ClosedConnection> closed_connections = {};  ///< In the span, where an index tells.
  Tally moves = {};                                       ///< By move type.
  ResponseTimes responses = {};
  std::uint64_t finished = 0;
  std::chrono::microseconds finished_play{0};  ///< Their times from start to completion, together.
  std::uint64_t finished_out_of_range = 0;     ///< Not in `finished`: their start is no time.
};

}  // namespace hakem::collectors

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

/// Bits that say which values of a live session cannot be used: its times, its numbers of players,
/// its id.
inline constexpr int kUnusableTime = 1;
inline constexpr int kUnusableSeats = 2;
inline constexpr int kUnusableId = 4;

/// Live sessions with the same status, type, start flag and unusable values, summed up.
struct LiveGroup {
  std::string status;
  std::string game_type;  ///< Empty if the schema has no game types.
  std::vector<LiveSession> members = {};
  double sessions = 0;
  double seats_taken = 0;
  double seats_free = 0;
  double long_running = 0;          ///< Sessions above GameOptions::max_game_duration.
  double oldest_play_seconds = 0;   ///< Since `started_at`, or `created_at` where that is NULL.
  double oldest_lobby_seconds = 0;  ///< Since `created_at`.
  int unusable = 0;                 ///< A combination of the kUnusable… bits, for all members.
};

/// How long players took for their moves, as a histogram.
struct ResponseTimes {
  std::vector<double> at_most = {};  ///< For each upper bound, how many moves took at most that.
  double count = 0;                  ///< Moves with a usable response time.
  double sum_seconds = 0;
  std::uint64_t missing = 0;       ///< Moves without a response time.
  std::uint64_t negative = 0;      ///< Moves with a negative response time.
  std::uint64_t out_of_range = 0;  ///< Moves whose response time is too long to be true.
};

/// What one execution of the game statement returned: the live scan at `now`, the requested rows,
/// and what happened in the time range [from, horizon). All times are the database's.
struct GameReading {
  PgTimestamp now;
  PgTimestamp from;
  PgTimestamp horizon;  ///< The end of what is counted now; never before `from`.
  /// The horizon as the database reported it. It is before `from` if its clock went back.
  PgTimestamp raw_horizon;
  bool exact = false;   ///< No row from before `horizon` can still be committed.
  bool scanned = true;  ///< Live sessions and active connections were read.
  /// False if the limits of the statement were reached, so that some rows may stay uncounted.
  bool complete = true;
  /// Without a scan: the ids of games with a move in the minute before `now`, at most
  /// kMaxFollowedRows. Nothing if moves do not have the id of their game.
  std::optional<std::vector<std::string>> moving_games = {};
  double moving = 0;  ///< The number of games with a move, without that limit.
  std::vector<LiveGroup> live = {};
  std::vector<SessionRow> requested_sessions = {};
  std::vector<SessionRow> created = {};
  Tally created_overflow = {};  ///< By game type, new sessions beyond the limit of `created`.
  double online_players = 0;
  double stale_connections = 0;
  std::vector<std::string> active_connections = {};  ///< Ids.
  std::vector<ConnectionRow> requested_connections = {};
  /// Closed in the time range; empty if no index allows reading them.
  std::vector<ClosedConnection> closed_connections = {};
  Tally moves = {};  ///< By move type.
  ResponseTimes responses = {};
  std::uint64_t finished = 0;                  ///< Games that were completed in the time range.
  std::chrono::microseconds finished_play{0};  ///< Sum of their times from start to completion.
  std::uint64_t finished_out_of_range = 0;     ///< Completed games whose start is out of range.
};

}  // namespace hakem::collectors

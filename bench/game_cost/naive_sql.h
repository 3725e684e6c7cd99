#pragma once

#include <array>
#include <string_view>

namespace hakem::bench {

/// The same metrics as one writes them without looking at a plan: one query each, counters as
/// counts of everything.
inline constexpr std::array<std::string_view, 15> kNaiveSql{
    "SELECT count(*) FROM hokm_game.game_sessions"
    " WHERE status NOT IN ('completed', 'abandoned', 'cancelled')",
    "SELECT status, game_type, count(*) FROM hokm_game.game_sessions GROUP BY 1, 2",
    "SELECT count(DISTINCT player_id) FROM hokm_game.websocket_connections"
    " WHERE is_active AND last_ping > now() - interval '5 minutes'",
    "SELECT count(*) FROM hokm_game.websocket_connections"
    " WHERE is_active AND last_ping <= now() - interval '5 minutes'",
    "SELECT sum(current_players), sum(max_players) FROM hokm_game.game_sessions"
    " WHERE status NOT IN ('completed', 'abandoned', 'cancelled')",
    "SELECT count(*), max(now() - started_at) FROM hokm_game.game_sessions"
    " WHERE status IN ('active', 'paused') AND started_at < now() - interval '2 hours'",
    "SELECT max(now() - created_at) FROM hokm_game.game_sessions WHERE status = 'waiting'",
    "SELECT count(*) FROM hokm_game.game_moves WHERE \"timestamp\" > now() - interval '1 minute'",
    "SELECT count(*) FROM hokm_game.game_sessions WHERE created_at > now() - interval '1 hour'",
    "SELECT avg(completed_at - started_at) FROM hokm_game.game_sessions"
    " WHERE status = 'completed' AND completed_at > now() - interval '24 hours'",
    "SELECT move_type, count(*) FROM hokm_game.game_moves GROUP BY 1",
    "SELECT disconnect_reason, count(*) FROM hokm_game.websocket_connections GROUP BY 1",
    "SELECT width_bucket(extract(epoch FROM game_duration), 0, 14400, 13), count(*)"
    " FROM hokm_game.game_history GROUP BY 1",
    "SELECT width_bucket(extract(epoch FROM started_at - created_at), 0, 1800, 11), count(*)"
    " FROM hokm_game.game_sessions WHERE started_at IS NOT NULL GROUP BY 1",
    "SELECT width_bucket(extract(epoch FROM response_time), 0, 60, 12), count(*)"
    " FROM hokm_game.game_moves WHERE response_time IS NOT NULL GROUP BY 1",
};

}  // namespace hakem::bench

#pragma once

#include <string_view>

namespace hakem::bench {

/// The indexes that a game can do without and Hakem's collection profits from.
inline constexpr std::string_view kOptionalIndexesSql = R"(
CREATE INDEX ON hokm_game.game_sessions (status, game_type)
  INCLUDE (id, current_players, max_players, created_at, started_at)
  WHERE status IN ('waiting', 'starting', 'active', 'paused');
CREATE INDEX ON hokm_game.websocket_connections (player_id) INCLUDE (last_ping, connection_id)
  WHERE is_active;
CREATE INDEX ON hokm_game.game_sessions (started_at);
CREATE INDEX ON hokm_game.game_sessions (completed_at);
CREATE INDEX ON hokm_game.websocket_connections (disconnected_at);
CREATE INDEX ON hokm_game.game_sessions (updated_at)
  WHERE status IN ('completed', 'abandoned', 'cancelled'))";

}  // namespace hakem::bench

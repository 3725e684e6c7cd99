#pragma once

#include <array>
#include <string_view>

namespace hakem::simulator {

// The SQL at the start of a run.

inline constexpr std::string_view kSelectSchemaIsMissing =
    "SELECT to_regnamespace('hokm_game') IS NULL";

/// Ends the live games of a killed run, with their seats and connections.
inline constexpr std::string_view kEndLeftGames = R"(
WITH ended AS (
  UPDATE hokm_game.game_sessions SET status = 'abandoned', phase = 'finished'
  WHERE status IN ('waiting', 'starting', 'active', 'paused') AND session_key LIKE 'sim-%'
  RETURNING id
), emptied AS (
  UPDATE hokm_game.game_participants SET is_connected = false, left_at = now()
  WHERE game_session_id IN (SELECT id FROM ended)
)
UPDATE hokm_game.websocket_connections
SET is_active = false, disconnected_at = now(), disconnect_reason = 'server_restart'
WHERE is_active AND game_session_id IN (SELECT id FROM ended))";

/// $1: the number of players. Their password_hash matches no password.
inline constexpr std::string_view kInsertPlayers = R"(
INSERT INTO hokm_game.players (username, password_hash, rating)
SELECT 'player-' || to_char(i, 'FM0000000'), '!', 800 + i * 7919 % 1000
FROM generate_series(1, $1::int) i
ON CONFLICT (username) DO NOTHING)";

/// $1: the number of players. Returns their ids and ratings in the order of their names.
inline constexpr std::string_view kSelectPlayers = R"(
SELECT id, rating FROM hokm_game.players
WHERE username IN (SELECT 'player-' || to_char(i, 'FM0000000') FROM generate_series(1, $1::int) i)
ORDER BY username)";

/// Returns a number that no other run has.
inline constexpr std::string_view kSelectRun =
    "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint";

/// Writes the games of one History::Batch (history.sql).
extern const std::string_view kPastGamesSql;

// The SQL for events.

/// A prepared statement. $1 is always the id of the game, connection or player that it is about.
struct Statement {
  std::string_view name;
  std::string_view sql;
};

inline constexpr Statement kLockGame{
    "lock_game", "SELECT 1 FROM hokm_game.game_sessions WHERE id = $1::uuid FOR UPDATE"};

inline constexpr Statement kOpenLobby{"open_lobby", R"(
INSERT INTO hokm_game.game_sessions (id, room_id, session_key, game_type, rounds_to_win)
VALUES ($1::uuid, $2, $3, $4, $5::int)
ON CONFLICT (id) DO NOTHING)"};

/// $2: player, $3: position.
inline constexpr Statement kTakeSeat{"take_seat", R"(
INSERT INTO hokm_game.game_participants (game_session_id, player_id, position, team)
VALUES ($1::uuid, $2::uuid, $3::int, $3::int % 2 + 1)
ON CONFLICT (game_session_id, position) DO NOTHING)"};

/// $2: player, $3: game.
inline constexpr Statement kOpenConnection{"open_connection", R"(
INSERT INTO hokm_game.websocket_connections (connection_id, player_id, game_session_id)
VALUES ($1::uuid, $2::uuid, $3::uuid)
ON CONFLICT (connection_id) DO NOTHING)"};

/// $2: players at the table.
inline constexpr Statement kCountPlayers{"count_players", R"(
UPDATE hokm_game.game_sessions
SET current_players = $2::int,
    status = CASE WHEN $2::int = max_players THEN 'starting' ELSE status END
WHERE id = $1::uuid)"};

inline constexpr Statement kSeePlayer{
    "see_player", "UPDATE hokm_game.players SET last_seen = now() WHERE id = $1::uuid"};

inline constexpr Statement kStartGame{"start_game", R"(
UPDATE hokm_game.game_sessions
SET status = 'active', phase = 'dealing', started_at = coalesce(started_at, now())
WHERE id = $1::uuid)"};

/// $2: player, $3: type, $4: data, $5: round, $6: trick, $7: sequence, $8: response time.
inline constexpr Statement kInsertMove{"insert_move", R"(
INSERT INTO hokm_game.game_moves (game_session_id, player_id, move_type, move_data, round_number,
                                  trick_number, sequence_number, response_time, processed_at)
VALUES ($1::uuid, $2::uuid, $3, $4::jsonb, $5::int, $6::int, $7::int, $8::interval,
        clock_timestamp())
ON CONFLICT (game_session_id, sequence_number) DO NOTHING)"};

/// $2: phase, $3: round, $4: a new hakem or NULL, $5: trump, $6 and $7: scores.
inline constexpr Statement kUpdateGame{"update_game", R"(
UPDATE hokm_game.game_sessions
SET phase = $2, current_round = $3::int, hakem_id = coalesce($4::uuid, hakem_id), trump_suit = $5,
    team1_score = $6::int, team2_score = $7::int
WHERE id = $1::uuid)"};

/// $2: position of the hakem.
inline constexpr Statement kNameHakem{"name_hakem", R"(
UPDATE hokm_game.game_participants SET is_hakem = (position = $2::int)
WHERE game_session_id = $1::uuid AND is_hakem <> (position = $2::int))"};

/// $2: position, $3: average response time.
inline constexpr Statement kUpdateMover{"update_mover", R"(
UPDATE hokm_game.game_participants
SET last_action_at = now(), average_response_time = $3::interval
WHERE game_session_id = $1::uuid AND position = $2::int)"};

/// $2: reason.
inline constexpr Statement kCloseConnection{"close_connection", R"(
UPDATE hokm_game.websocket_connections
SET is_active = false, disconnected_at = now(), disconnect_reason = $2
WHERE connection_id = $1::uuid AND is_active)"};

/// $2: position.
inline constexpr Statement kMarkDisconnected{"mark_disconnected", R"(
UPDATE hokm_game.game_participants
SET is_connected = false, disconnections = disconnections + 1
WHERE game_session_id = $1::uuid AND position = $2::int AND is_connected)"};

inline constexpr Statement kPauseGame{
    "pause_game", "UPDATE hokm_game.game_sessions SET status = 'paused' WHERE id = $1::uuid"};

/// $2: position.
inline constexpr Statement kMarkConnected{"mark_connected", R"(
UPDATE hokm_game.game_participants SET is_connected = true
WHERE game_session_id = $1::uuid AND position = $2::int)"};

inline constexpr Statement kResumeGame{
    "resume_game", "UPDATE hokm_game.game_sessions SET status = 'active' WHERE id = $1::uuid"};

/// $2: latency, $3: messages, $4: bytes sent, $5: bytes received.
inline constexpr Statement kPing{"ping", R"(
UPDATE hokm_game.websocket_connections
SET last_ping = now(), average_latency = $2::interval, message_count = $3::bigint,
    bytes_sent = $4::bigint, bytes_received = $5::bigint,
    connection_quality = CASE WHEN $2::interval < '50 ms' THEN 'excellent'
                              WHEN $2::interval < '100 ms' THEN 'good'
                              WHEN $2::interval < '200 ms' THEN 'fair'
                              ELSE 'poor' END
WHERE connection_id = $1::uuid AND is_active)"};

/// $2: status. Changes only live games.
inline constexpr Statement kEndGame{"end_game", R"(
UPDATE hokm_game.game_sessions
SET status = $2, phase = 'finished', completed_at = CASE WHEN $2 = 'completed' THEN now() END
WHERE id = $1::uuid AND status IN ('waiting', 'starting', 'active', 'paused'))"};

inline constexpr Statement kEmptySeats{"empty_seats", R"(
UPDATE hokm_game.game_participants SET is_connected = false, left_at = now()
WHERE game_session_id = $1::uuid)"};

/// $2: reason.
inline constexpr Statement kCloseConnections{"close_connections", R"(
UPDATE hokm_game.websocket_connections
SET is_active = false, disconnected_at = now(), disconnect_reason = $2
WHERE game_session_id = $1::uuid AND is_active)"};

/// $2: player, $3: tricks, $4: rounds, $5: true for a win, $6: change of the rating.
inline constexpr Statement kInsertResult{"insert_result", R"(
INSERT INTO hokm_game.player_game_stats (game_session_id, player_id, tricks_won, rounds_won, won,
                                         rating_change)
VALUES ($1::uuid, $2::uuid, $3::int, $4::int, $5::boolean, $6::int))"};

/// $2: 1 for a win, $3: change of the rating.
inline constexpr Statement kCountResult{"count_result", R"(
UPDATE hokm_game.players
SET total_games = total_games + 1, wins = wins + $2::int, losses = losses + 1 - $2::int,
    rating = least(3000, greatest(0, rating + $3::int)), last_seen = now()
WHERE id = $1::uuid)"};

/// All statements that a writer prepares on its connection.
inline constexpr std::array kEventStatements{&kLockGame,
                                             &kOpenLobby,
                                             &kTakeSeat,
                                             &kOpenConnection,
                                             &kCountPlayers,
                                             &kSeePlayer,
                                             &kStartGame,
                                             &kInsertMove,
                                             &kUpdateGame,
                                             &kNameHakem,
                                             &kUpdateMover,
                                             &kCloseConnection,
                                             &kMarkDisconnected,
                                             &kPauseGame,
                                             &kMarkConnected,
                                             &kResumeGame,
                                             &kPing,
                                             &kEndGame,
                                             &kEmptySeats,
                                             &kCloseConnections,
                                             &kInsertResult,
                                             &kCountResult};

}  // namespace hakem::simulator

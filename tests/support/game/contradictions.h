#pragma once

#include <string_view>

namespace hakem::simulator {

/// A query about a Hokm server at rest, which returns 0 if the database is consistent.
struct Contradiction {
  std::string_view name;
  std::string_view sql;
};

inline constexpr Contradiction kContradictions[] = {
    {"a live game after the end", R"(
      SELECT count(*) FROM hokm_game.game_sessions
      WHERE status IN ('waiting', 'starting', 'active', 'paused'))"},
    {"an active connection after the end", R"(
      SELECT count(*) FROM hokm_game.websocket_connections WHERE is_active)"},
    {"a player who is still connected", R"(
      SELECT count(*) FROM hokm_game.game_participants WHERE is_connected OR left_at IS NULL)"},
    {"a gap in the sequence of moves", R"(
      SELECT count(*) FROM (
        SELECT sequence_number, row_number() OVER (PARTITION BY game_session_id
                                                   ORDER BY sequence_number) AS expected
        FROM hokm_game.game_moves) m
      WHERE sequence_number <> expected)"},
    {"a move before the one it follows", R"(
      SELECT count(*) FROM (
        SELECT "timestamp", lag("timestamp") OVER (PARTITION BY game_session_id
                                                   ORDER BY sequence_number) AS before
        FROM hokm_game.game_moves) m
      WHERE "timestamp" < before)"},
    {"a trick without four different players", R"(
      SELECT count(*) FROM (
        SELECT count(*) AS cards, count(DISTINCT player_id) AS players,
               max(sequence_number) = (SELECT max(sequence_number) FROM hokm_game.game_moves l
                                       WHERE l.game_session_id = m.game_session_id) AS is_last
        FROM hokm_game.game_moves m WHERE move_type = 'play_card'
        GROUP BY game_session_id, round_number, trick_number) t
      WHERE players <> cards OR (cards <> 4 AND NOT is_last))"},
    {"a card played twice in a round", R"(
      SELECT count(*) FROM (
        SELECT 1 FROM hokm_game.game_moves WHERE move_type = 'play_card'
        GROUP BY game_session_id, round_number, move_data HAVING count(*) > 1) c)"},
    {"a round without exactly one start and one trump", R"(
      SELECT count(*) FROM (
        SELECT count(*) FILTER (WHERE move_type = 'round_start') AS starts,
               count(*) FILTER (WHERE move_type = 'choose_trump') AS trumps,
               count(*) FILTER (WHERE move_type = 'play_card') AS cards
        FROM hokm_game.game_moves GROUP BY game_session_id, round_number) r
      WHERE starts <> 1 OR trumps > 1 OR (trumps = 0 AND cards > 0))"},
    {"a completed game of fewer than seven tricks", R"(
      SELECT count(*) FROM (
        SELECT max(trick_number) FILTER (WHERE round_number = 1) AS tricks
        FROM hokm_game.game_sessions s JOIN hokm_game.game_moves m ON m.game_session_id = s.id
        WHERE s.status = 'completed' GROUP BY s.id) g
      WHERE tricks NOT BETWEEN 7 AND 13)"},
    {"a completed game without a winner", R"(
      SELECT count(*) FROM hokm_game.game_sessions
      WHERE (status = 'completed') <> (greatest(team1_score, team2_score) >= rounds_to_win)
        AND status <> 'cancelled')"},
    {"a completed game without its history", R"(
      SELECT count(*) FROM hokm_game.game_sessions s
      FULL JOIN hokm_game.game_history h ON h.game_session_id = s.id
      WHERE (s.status = 'completed') <> (h.game_session_id IS NOT NULL)
         OR h.completion_reason <> 'normal' OR h.started_at <> s.started_at
         OR h.completed_at <> s.completed_at
         OR h.winning_team <> CASE WHEN s.team1_score > s.team2_score THEN 1 ELSE 2 END)"},
    {"a completed game without four results", R"(
      SELECT count(*) FROM hokm_game.game_sessions s
      WHERE s.status = 'completed'
        AND (SELECT (count(*), sum(won::int)) FROM hokm_game.player_game_stats p
             WHERE p.game_session_id = s.id) <> (4::bigint, 2::bigint))"},
    {"a started game without four players", R"(
      SELECT count(*) FROM hokm_game.game_sessions s
      WHERE current_players <> (SELECT count(*) FROM hokm_game.game_participants p
                                WHERE p.game_session_id = s.id)
         OR (started_at IS NOT NULL AND current_players <> 4))"},
    {"a game out of time", R"(
      SELECT count(*) FROM hokm_game.game_sessions
      WHERE started_at <= created_at OR completed_at <= started_at
         OR updated_at < coalesce(completed_at, started_at, created_at))"},
    {"a hakem who is not at the table", R"(
      SELECT count(*) FROM hokm_game.game_sessions s
      WHERE hakem_id IS DISTINCT FROM (SELECT player_id FROM hokm_game.game_participants p
                                       WHERE p.game_session_id = s.id AND is_hakem))"},
    {"a player at two tables at once", R"(
      SELECT count(*) FROM hokm_game.game_participants a JOIN hokm_game.game_participants b
        ON a.player_id = b.player_id AND a.game_session_id < b.game_session_id
       AND a.joined_at < b.left_at AND b.joined_at < a.left_at)"},
    {"a player whose games do not add up", R"(
      SELECT count(*) FROM hokm_game.players p
      WHERE total_games <> wins + losses
         OR wins <> (SELECT count(*) FROM hokm_game.player_game_stats s
                     WHERE s.player_id = p.id AND s.won))"},
    {"a rating that its games do not add up to", R"(
      SELECT count(*) FROM hokm_game.players p
      WHERE rating NOT IN (0, 3000)
        AND rating <> 800 + substr(username, 8)::int * 7919 % 1000 + (
          SELECT coalesce(sum(rating_change), 0) FROM hokm_game.player_game_stats s
          WHERE s.player_id = p.id))"},
    {"a finalist who did not come through a semi-final", R"(
      SELECT count(*) FROM hokm_game.game_sessions f
      JOIN hokm_game.game_participants p ON p.game_session_id = f.id
      WHERE f.room_id ~ '^tournament-[0-9]+-final$' AND NOT EXISTS (
        SELECT FROM hokm_game.game_sessions s
        JOIN hokm_game.game_participants q ON q.game_session_id = s.id
        LEFT JOIN hokm_game.player_game_stats r ON r.game_session_id = s.id
                                               AND r.player_id = q.player_id
        WHERE q.player_id = p.player_id AND coalesce(r.won, s.status = 'abandoned')
          AND split_part(s.session_key, '-', 2) = split_part(f.session_key, '-', 2)
          AND s.room_id ~ format('^tournament-%s-semi', split_part(f.room_id, '-', 2))))"},
    {"a disconnection without its connection", R"(
      SELECT count(*) FROM hokm_game.game_participants p
      WHERE disconnections <> (
        SELECT count(*) FROM hokm_game.websocket_connections c
        WHERE c.game_session_id = p.game_session_id AND c.player_id = p.player_id
          AND c.disconnect_reason IN ('network_error', 'ping_timeout', 'client_closed')))"},
};

}  // namespace hakem::simulator

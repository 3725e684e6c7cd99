-- Writes a batch of games that are over, before which stand its temporary tables:
-- past_move: the moves of the matches that games are copies of, and how each stood after it;
-- past_match: how long each match was and who took how many tricks; past_game: the games;
-- past_player: who plays, numbered from 0.

SET LOCAL statement_timeout = 0;
SET LOCAL work_mem = '64MB';

-- Whoever may skips the triggers: looking each move's game and player up is 40 % of the load, and
-- both are rows of this batch or were just read. What the triggers would write is written below.
SELECT set_config('session_replication_role', 'replica', true)
WHERE current_setting('is_superuser')::boolean;

CREATE TEMP TABLE past_session ON COMMIT DROP AS
SELECT gen_random_uuid() AS id, g.*, last.round, last.trump, last.hakem, last.score1, last.score2,
       m.tricks, g.moves = m.moves AS completed,
       g.created_at + make_interval(secs => g.lobby) AS started_at,
       g.created_at + make_interval(secs => g.lobby + (g.moves + 1) * g.pace) AS ended_at
FROM past_game g
JOIN past_match m USING (match)
JOIN past_move last ON last.match = g.match AND last.sequence = g.moves;

-- Four who sit together, each time another four.
CREATE TEMP TABLE past_seat ON COMMIT DROP AS
SELECT s.id AS session_id, seat, p.id AS player_id
FROM past_session s
CROSS JOIN generate_series(0, 3) seat
JOIN past_player p ON p.number = (s.number * 4 + seat) % (SELECT count(*) FROM past_player);

ANALYZE past_move, past_session, past_seat;

INSERT INTO hokm_game.game_sessions (id, room_id, session_key, game_type, status, phase,
  current_players, rounds_to_win, current_round, team1_score, team2_score, hakem_id, trump_suit,
  created_at, started_at, completed_at, updated_at)
SELECT s.id, 'room-' || s.number % 1000, 'past-' || s.id, s.game_type,
       CASE WHEN s.completed THEN 'completed' ELSE 'abandoned' END, 'finished', 4,
       s.rounds_to_win, s.round, s.score1, s.score2, h.player_id, s.trump,
       s.created_at, s.started_at, CASE WHEN s.completed THEN s.ended_at END, s.ended_at
FROM past_session s
JOIN past_seat h ON h.session_id = s.id AND h.seat = s.hakem;

-- As its trigger does, for those whose triggers were skipped. Games completed here were played out.
INSERT INTO hokm_game.game_history (game_session_id, game_type, game_duration, winning_team,
  completion_reason, started_at, completed_at)
SELECT id, game_type, ended_at - started_at, CASE WHEN score1 > score2 THEN 1 ELSE 2 END, 'normal',
       started_at, ended_at
FROM past_session WHERE completed
ON CONFLICT (game_session_id) DO NOTHING;

INSERT INTO hokm_game.game_participants (game_session_id, player_id, position, team, is_hakem,
  is_connected, joined_at, left_at, last_action_at, average_response_time)
SELECT s.id, p.player_id, p.seat, p.seat % 2 + 1, p.seat = s.hakem, false, s.created_at,
       s.ended_at, s.ended_at - make_interval(secs => s.pace), make_interval(secs => s.pace)
FROM past_session s JOIN past_seat p ON p.session_id = s.id;

INSERT INTO hokm_game.websocket_connections (player_id, game_session_id, connected_at, last_ping,
  disconnected_at, disconnect_reason, is_active, message_count, bytes_sent, bytes_received,
  average_latency, connection_quality)
SELECT p.player_id, s.id, s.created_at, s.ended_at, s.ended_at,
       CASE WHEN s.completed THEN 'game_over' ELSE 'game_abandoned' END, false,
       s.moves, s.moves * 180, s.moves * 45, '60 ms', 'good'
FROM past_session s JOIN past_seat p ON p.session_id = s.id;

INSERT INTO hokm_game.game_moves (game_session_id, player_id, move_type, move_data, round_number,
  trick_number, sequence_number, processed_at, "timestamp", response_time)
SELECT id, player_id, move_type, move_data, round, trick, sequence,
       at + interval '3 ms', at, CASE WHEN move_type <> 'round_start' THEN response END
FROM (
  SELECT s.id, p.player_id, m.*,
         s.started_at + make_interval(secs => (m.sequence - 0.5 + 0.4 * (random() - 0.5)) * s.pace)
           AS at,
         make_interval(secs => s.pace * (0.25 + 2.25 * random() ^ 2)) AS response
  FROM past_session s
  JOIN past_move m ON m.match = s.match AND m.sequence <= s.moves
  JOIN past_seat p ON p.session_id = s.id AND p.seat = m.seat
  ORDER BY s.number, m.sequence
) ordered;

INSERT INTO hokm_game.player_game_stats (game_session_id, player_id, tricks_won, rounds_won, won,
                                         rating_change)
SELECT id, player_id, tricks, rounds, won, CASE WHEN won THEN stake ELSE -stake END
FROM (
  SELECT s.id, p.player_id, s.tricks[p.seat + 1] AS tricks,
         CASE p.seat % 2 WHEN 0 THEN s.score1 ELSE s.score2 END AS rounds,
         (p.seat % 2 = 0) = (s.score1 > s.score2) AS won,
         -- What a match between equals is worth.
         CASE s.game_type WHEN 'standard' THEN 8 WHEN 'ranked' THEN 12 WHEN 'tournament' THEN 16
                          ELSE 0 END AS stake
  FROM past_session s JOIN past_seat p ON p.session_id = s.id
  WHERE s.completed
) results;

UPDATE hokm_game.players p
SET total_games = total_games + games, wins = p.wins + r.wins, losses = losses + games - r.wins,
    rating = least(3000, greatest(0, rating + change)),
    last_seen = greatest(last_seen, seen)
FROM (
  SELECT t.player_id, count(*) AS games, count(*) FILTER (WHERE won) AS wins,
         sum(rating_change) AS change, max(ended_at) AS seen
  FROM hokm_game.player_game_stats t JOIN past_session s ON s.id = t.game_session_id
  GROUP BY t.player_id
) r
WHERE p.id = r.player_id;

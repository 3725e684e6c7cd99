-- What the demo's server has behind it: a day of finished games, so that figures about the last 24 hours
-- have something to tell. The trigger on game_sessions writes game_history.

INSERT INTO hokm_game.game_sessions
  (room_id, game_type, status, phase, current_players, rounds_to_win, current_round, team1_score,
   team2_score, created_at, started_at, completed_at, updated_at)
SELECT 'yesterday-' || n,
       (ARRAY['standard', 'ranked', 'friendly', 'tournament'])[1 + n % 4],
       'completed', 'finished', 4, 7, 12,
       CASE WHEN n % 2 = 0 THEN 7 ELSE 5 END, CASE WHEN n % 2 = 0 THEN 5 ELSE 7 END,
       ended - length - interval '40 seconds', ended - length, ended, ended
FROM (SELECT n, now() - interval '2 hours' - n * interval '25 minutes' AS ended,
             interval '18 minutes' + n % 9 * interval '2 minutes' AS length
      FROM generate_series(1, 48) AS n) AS games;

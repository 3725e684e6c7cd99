-- The role Hakem connects as: it may look at every number it needs and change nothing. Run by a
-- superuser, after the game's schema exists. It has no password yet: set one with
-- ALTER ROLE hakem PASSWORD, or let pg_hba.conf decide.

CREATE ROLE hakem LOGIN;
ALTER ROLE hakem SET default_transaction_read_only = on;

-- Other sessions' transactions and statements, and the statistics views in full.
GRANT pg_monitor TO hakem;

GRANT USAGE ON SCHEMA hokm_game TO hakem;
GRANT SELECT ON hokm_game.game_sessions, hokm_game.game_moves, hokm_game.game_participants,
                hokm_game.game_history, hokm_game.websocket_connections TO hakem;

-- Not password_hash.
GRANT SELECT (id, username, rating, total_games, wins, losses, account_status, is_active, last_seen,
              created_at) ON hokm_game.players TO hakem;

-- The database of a Hokm server. Run once, by the owner of an empty database: it creates the schema
-- hokm_game and everything in it. Names are qualified throughout: nothing depends on search_path.

CREATE SCHEMA hokm_game;

-- People ------------------------------------------------------------------------------------------

CREATE TABLE hokm_game.players (
  id             uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  username       text NOT NULL UNIQUE CHECK (length(username) BETWEEN 1 AND 50),
  password_hash  text NOT NULL,
  rating         integer NOT NULL DEFAULT 1000 CHECK (rating BETWEEN 0 AND 3000),
  total_games    integer NOT NULL DEFAULT 0,
  wins           integer NOT NULL DEFAULT 0 CHECK (wins >= 0),
  losses         integer NOT NULL DEFAULT 0 CHECK (losses >= 0),
  account_status text NOT NULL DEFAULT 'active'
                 CHECK (account_status IN ('active', 'suspended', 'banned', 'deleted')),
  is_active      boolean NOT NULL DEFAULT true,
  last_seen      timestamptz,
  created_at     timestamptz NOT NULL DEFAULT now(),
  CHECK (total_games >= wins + losses)
);

CREATE INDEX players_last_seen ON hokm_game.players (last_seen) WHERE is_active;

-- Games -------------------------------------------------------------------------------------------

-- One match, from its lobby (waiting) to its end. completed_at belongs to a match played to its end;
-- when an abandoned or cancelled one ended is told by updated_at.
CREATE TABLE hokm_game.game_sessions (
  id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  room_id         text NOT NULL,
  session_key     text NOT NULL UNIQUE DEFAULT gen_random_uuid()::text,
  game_type       text NOT NULL DEFAULT 'standard'
                  CHECK (game_type IN ('standard', 'tournament', 'friendly', 'ranked')),
  status          text NOT NULL DEFAULT 'waiting'
                  CHECK (status IN ('waiting', 'starting', 'active', 'paused',
                                    'completed', 'abandoned', 'cancelled')),
  phase           text NOT NULL DEFAULT 'lobby'
                  CHECK (phase IN ('lobby', 'dealing', 'choosing_trump', 'playing', 'finished')),
  current_players integer NOT NULL DEFAULT 0,
  max_players     integer NOT NULL DEFAULT 4 CHECK (max_players BETWEEN 2 AND 4),
  rounds_to_win   integer NOT NULL DEFAULT 7 CHECK (rounds_to_win >= 1),
  current_round   integer NOT NULL DEFAULT 0 CHECK (current_round >= 0),
  team1_score     integer NOT NULL DEFAULT 0 CHECK (team1_score >= 0),
  team2_score     integer NOT NULL DEFAULT 0 CHECK (team2_score >= 0),
  hakem_id        uuid REFERENCES hokm_game.players (id),
  trump_suit      text CHECK (trump_suit IN ('clubs', 'diamonds', 'hearts', 'spades')),
  created_at      timestamptz NOT NULL DEFAULT now(),
  started_at      timestamptz,
  completed_at    timestamptz,
  updated_at      timestamptz NOT NULL DEFAULT now(),
  CHECK (current_players BETWEEN 0 AND max_players),
  CHECK (status NOT IN ('active', 'paused', 'completed') OR started_at IS NOT NULL),
  CHECK ((status = 'completed') = (completed_at IS NOT NULL))
);

CREATE INDEX game_sessions_status_created_at ON hokm_game.game_sessions (status, created_at);
CREATE INDEX game_sessions_created_at ON hokm_game.game_sessions (created_at);
CREATE INDEX game_sessions_live ON hokm_game.game_sessions (status, updated_at)
  WHERE status IN ('waiting', 'starting', 'active', 'paused');

-- Who sits where. Partners face each other: positions 0 and 2 are team 1, 1 and 3 are team 2.
CREATE TABLE hokm_game.game_participants (
  game_session_id       uuid NOT NULL REFERENCES hokm_game.game_sessions (id) ON DELETE CASCADE,
  player_id             uuid NOT NULL REFERENCES hokm_game.players (id),
  position              integer NOT NULL CHECK (position BETWEEN 0 AND 3),
  team                  integer NOT NULL CHECK (team IN (1, 2)),
  is_hakem              boolean NOT NULL DEFAULT false,
  is_connected          boolean NOT NULL DEFAULT true,
  joined_at             timestamptz NOT NULL DEFAULT now(),
  left_at               timestamptz,
  last_action_at        timestamptz,
  disconnections        integer NOT NULL DEFAULT 0 CHECK (disconnections >= 0),
  average_response_time interval,
  PRIMARY KEY (game_session_id, position),
  UNIQUE (game_session_id, player_id),
  CHECK (team = position % 2 + 1)
);

CREATE INDEX game_participants_player ON hokm_game.game_participants (player_id);

-- Everything that happened in a match, in the order of sequence_number. trick_number is 0 before the
-- first card of a round.
CREATE TABLE hokm_game.game_moves (
  id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  game_session_id uuid NOT NULL REFERENCES hokm_game.game_sessions (id) ON DELETE CASCADE,
  player_id       uuid NOT NULL REFERENCES hokm_game.players (id),
  move_type       text NOT NULL CHECK (move_type IN ('round_start', 'choose_trump', 'play_card')),
  move_data       jsonb NOT NULL DEFAULT '{}',
  round_number    integer NOT NULL CHECK (round_number >= 1),
  trick_number    integer NOT NULL DEFAULT 0 CHECK (trick_number BETWEEN 0 AND 13),
  sequence_number integer NOT NULL CHECK (sequence_number >= 1),
  is_valid        boolean NOT NULL DEFAULT true,
  processed_at    timestamptz,
  "timestamp"     timestamptz NOT NULL DEFAULT now(),
  response_time   interval,
  UNIQUE (game_session_id, sequence_number)
);

CREATE INDEX game_moves_timestamp ON hokm_game.game_moves ("timestamp");

-- One row for each match played to its end; written by the trigger below.
CREATE TABLE hokm_game.game_history (
  game_session_id   uuid PRIMARY KEY REFERENCES hokm_game.game_sessions (id) ON DELETE CASCADE,
  game_type         text NOT NULL
                    CHECK (game_type IN ('standard', 'tournament', 'friendly', 'ranked')),
  game_duration     interval NOT NULL,
  winning_team      integer CHECK (winning_team IN (1, 2)),
  completion_reason text NOT NULL
                    CHECK (completion_reason IN ('normal', 'forfeit', 'timeout', 'disconnect',
                                                 'admin_action')),
  started_at        timestamptz NOT NULL,
  completed_at      timestamptz NOT NULL
);

CREATE INDEX game_history_completed_at ON hokm_game.game_history (completed_at);

-- Sockets -----------------------------------------------------------------------------------------

CREATE TABLE hokm_game.websocket_connections (
  connection_id      uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  player_id          uuid NOT NULL REFERENCES hokm_game.players (id),
  game_session_id    uuid REFERENCES hokm_game.game_sessions (id) ON DELETE SET NULL,
  connected_at       timestamptz NOT NULL DEFAULT now(),
  last_ping          timestamptz NOT NULL DEFAULT now(),
  disconnected_at    timestamptz,
  disconnect_reason  text,
  is_active          boolean NOT NULL DEFAULT true,
  message_count      bigint NOT NULL DEFAULT 0 CHECK (message_count >= 0),
  bytes_sent         bigint NOT NULL DEFAULT 0 CHECK (bytes_sent >= 0),
  bytes_received     bigint NOT NULL DEFAULT 0 CHECK (bytes_received >= 0),
  average_latency    interval,
  connection_quality text CHECK (connection_quality IN ('excellent', 'good', 'fair', 'poor')),
  CHECK (is_active = (disconnected_at IS NULL)),
  CHECK (is_active = (disconnect_reason IS NULL))
);

-- Whom to send a move to. Without last_ping in it, so that a ping stays a HOT update.
CREATE INDEX websocket_connections_live ON hokm_game.websocket_connections (game_session_id)
  WHERE is_active;

-- Around the games --------------------------------------------------------------------------------

-- What one match meant to one player.
CREATE TABLE hokm_game.player_game_stats (
  game_session_id uuid NOT NULL REFERENCES hokm_game.game_sessions (id) ON DELETE CASCADE,
  player_id       uuid NOT NULL REFERENCES hokm_game.players (id),
  tricks_won      integer NOT NULL CHECK (tricks_won >= 0),
  rounds_won      integer NOT NULL CHECK (rounds_won >= 0),
  won             boolean NOT NULL,
  rating_change   integer NOT NULL,
  PRIMARY KEY (game_session_id, player_id)
);

CREATE TABLE hokm_game.player_achievements (
  player_id   uuid NOT NULL REFERENCES hokm_game.players (id),
  achievement text NOT NULL,
  earned_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (player_id, achievement)
);

CREATE TABLE hokm_game.performance_metrics (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  metric      text NOT NULL,
  value       double precision NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE hokm_game.audit_logs (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  action     text NOT NULL,
  subject_id uuid NOT NULL,
  details    jsonb NOT NULL DEFAULT '{}',
  logged_at  timestamptz NOT NULL DEFAULT now()
);

-- Triggers ----------------------------------------------------------------------------------------

CREATE FUNCTION hokm_game.touch_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.updated_at := now();
  RETURN NEW;
END
$$;

CREATE TRIGGER touch_updated_at BEFORE UPDATE ON hokm_game.game_sessions
  FOR EACH ROW EXECUTE FUNCTION hokm_game.touch_updated_at();

-- A match that completes before a team has the rounds it needs was given up by the other team.
CREATE FUNCTION hokm_game.write_game_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO hokm_game.game_history (game_session_id, game_type, game_duration, winning_team,
                                      completion_reason, started_at, completed_at)
  VALUES (NEW.id, NEW.game_type, NEW.completed_at - NEW.started_at,
          CASE WHEN NEW.team1_score > NEW.team2_score THEN 1
               WHEN NEW.team2_score > NEW.team1_score THEN 2 END,
          CASE WHEN greatest(NEW.team1_score, NEW.team2_score) >= NEW.rounds_to_win
               THEN 'normal' ELSE 'forfeit' END,
          NEW.started_at, NEW.completed_at);
  RETURN NULL;
END
$$;

CREATE TRIGGER write_game_history AFTER UPDATE OF status ON hokm_game.game_sessions
  FOR EACH ROW WHEN (NEW.status = 'completed' AND OLD.status <> 'completed')
  EXECUTE FUNCTION hokm_game.write_game_history();

CREATE TRIGGER write_game_history_of_inserted AFTER INSERT ON hokm_game.game_sessions
  FOR EACH ROW WHEN (NEW.status = 'completed')
  EXECUTE FUNCTION hokm_game.write_game_history();

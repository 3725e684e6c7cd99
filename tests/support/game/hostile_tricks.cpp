#include "tests/support/game/hostile_tricks.h"

#include <algorithm>

#include "model/check.h"

namespace hakem {
namespace {

/// A small game with one live session: a Hokm server's tables with the columns that Hakem reads.
constexpr std::string_view kGame = R"(
CREATE SCHEMA {s};
CREATE TABLE {s}.game_sessions (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(), room_id text NOT NULL, game_type text DEFAULT 'ranked',
  status text NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'starting', 'active', 'paused',
    'completed', 'abandoned', 'cancelled')),
  current_players int DEFAULT 0, max_players int DEFAULT 4, created_at timestamptz DEFAULT now(),
  started_at timestamptz, completed_at timestamptz, updated_at timestamptz DEFAULT now());
CREATE INDEX ON {s}.game_sessions (status);
CREATE INDEX ON {s}.game_sessions (created_at);
CREATE TABLE {s}.game_moves (game_session_id uuid, move_type text, "timestamp" timestamptz
  DEFAULT now(), response_time interval);
CREATE INDEX ON {s}.game_moves ("timestamp");
CREATE TABLE {s}.websocket_connections (connection_id uuid PRIMARY KEY, player_id uuid, last_ping
  timestamptz, is_active boolean, disconnect_reason text, disconnected_at timestamptz);
CREATE TABLE {s}.players (id uuid PRIMARY KEY, password_hash text, rating int, is_active boolean,
  last_seen timestamptz);
INSERT INTO {s}.game_sessions (room_id) VALUES ('r');
)";

#define REAL "ALTER TABLE {s}.game_sessions RENAME TO real;"
#define COLUMNS                                                                                   \
  "current_players, max_players, created_at, started_at, completed_at, updated_at FROM {s}.real;" \
  "GRANT SELECT ON {s}.game_sessions TO PUBLIC;"
// Recreates the sessions with a type of the owner's choice for the status.
#define REMADE(types, status)                                                                      \
  types REAL "CREATE TABLE {s}.game_sessions (id uuid PRIMARY KEY, game_type text, status " status \
             ", current_players int, max_players int, created_at timestamptz, started_at "         \
             "timestamptz, completed_at timestamptz, updated_at timestamptz);"                     \
             "INSERT INTO {s}.game_sessions SELECT id, game_type, status::text::" status           \
             ", current_players, max_players, created_at, started_at, completed_at, updated_at "   \
             "FROM {s}.real;"
#define WORDS                                                                              \
  "CREATE TYPE {s}.word AS ENUM ('waiting', 'starting', 'active', 'paused', 'completed', " \
  "'abandoned', 'cancelled');"
#define SERVER                                                                                \
  "CREATE SERVER {s} FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '127.0.0.1', port '1', " \
  "use_remote_estimate 'true');"                                                              \
  "CREATE USER MAPPING FOR PUBLIC SERVER {s} OPTIONS (user 'u', password 'p');"

constexpr Trick kTricks[] = {
    {"honest", ""},
    {"view_folded_by_the_planner",
     REAL "CREATE VIEW {s}.game_sessions AS SELECT id, game_type, attack.pure('waiting', '{s}') "
          "AS status, " COLUMNS},
    {"view_that_filters",
     REAL "CREATE VIEW {s}.game_sessions AS SELECT id, game_type, status, attack.strike('{s}') "
          "AS trick, " COLUMNS},
    {"materialized_view",
     REAL "CREATE MATERIALIZED VIEW {s}.game_sessions AS SELECT id, game_type, status, " COLUMNS
          "CREATE INDEX ON {s}.game_sessions (id) WHERE attack.pure('x', '{s}') = 'x';"},
    {"foreign_table", SERVER REAL
     "CREATE FOREIGN TABLE {s}.game_sessions (id uuid, game_type text, status text, "
     "current_players int, max_players int, created_at timestamptz, started_at timestamptz, "
     "completed_at timestamptz) SERVER {s}; GRANT SELECT ON {s}.game_sessions TO PUBLIC;"},
    {"foreign_child",
     SERVER "CREATE FOREIGN TABLE {s}.elsewhere () INHERITS ({s}.game_sessions) SERVER {s};"},
    {"foreign_partition", SERVER REAL
     "CREATE TABLE {s}.game_sessions (LIKE {s}.real) PARTITION BY LIST (status);"
     "CREATE TABLE {s}.here PARTITION OF {s}.game_sessions DEFAULT;"
     "INSERT INTO {s}.game_sessions SELECT * FROM {s}.real;"
     "CREATE FOREIGN TABLE {s}.elsewhere PARTITION OF {s}.game_sessions FOR VALUES IN ('paused') "
     "SERVER {s};"},
    {"child_with_a_constraint",
     "CREATE TABLE {s}.child (CHECK (attack.pure('x', '{s}') = 'x')) INHERITS "
     "({s}.game_sessions);"},
    {"policy",
     "CREATE POLICY p ON {s}.game_sessions USING (attack.strike('{s}') = '');"
     "ALTER TABLE {s}.game_sessions ENABLE ROW LEVEL SECURITY;"},
    {"forced_policy",
     "CREATE POLICY p ON {s}.game_sessions USING (attack.strike('{s}') = '');"
     "ALTER TABLE {s}.game_sessions ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;"},
    {"column_default",
     "ALTER TABLE {s}.game_sessions ALTER room_id SET DEFAULT attack.strike('{s}');"},
    {"generated_column",
     "ALTER TABLE {s}.game_sessions ADD made text GENERATED ALWAYS AS (attack.pure(room_id, "
     "'{s}')) STORED;"},
    {"index_expression", "CREATE INDEX ON {s}.game_sessions (attack.pure(status, '{s}'));"},
    {"index_predicate",
     "CREATE INDEX ON {s}.game_sessions (id) WHERE attack.pure('x', '{s}') = 'x';"},
    {"index_of_our_name",
     "CREATE INDEX hakem_game_sessions_live ON {s}.game_sessions (attack.pure(status, '{s}')) "
     "WHERE attack.pure('x', '{s}') = 'x';"},
    {"index_with_a_long_predicate",
     "DO $$BEGIN EXECUTE 'CREATE INDEX ON {s}.game_sessions (id) WHERE status = ' || "
     "quote_literal(repeat('x', 100000)); END$$;"},
    {"check_constraint",
     "ALTER TABLE {s}.game_sessions ADD CHECK (attack.pure('x', '{s}') = 'x');"},
    {"long_check_constraint",
     "DO $$BEGIN EXECUTE 'ALTER TABLE {s}.game_sessions ADD CHECK (status IN (''waiting'', ' || "
     "quote_literal(repeat('''', 100000)) || '))'; END$$;"},
    {"domain_check",
     REMADE("CREATE DOMAIN {s}.word AS text CHECK (attack.strike('{s}') IS NOT NULL);",
            "{s}.word")},
    {"enum_with_a_cast",
     REMADE(WORDS "CREATE FUNCTION {s}.written({s}.word) RETURNS text IMMUTABLE LANGUAGE sql AS "
                  "$$SELECT attack.pure(textin(enum_out($1)), '{s}')$$;"
                  "CREATE CAST ({s}.word AS text) WITH FUNCTION {s}.written AS IMPLICIT;",
            "{s}.word")},
    {"enum_from_text",
     REMADE(WORDS "CREATE FUNCTION {s}.reads(text) RETURNS {s}.word IMMUTABLE LANGUAGE plpgsql AS "
                  "$$BEGIN PERFORM attack.strike('{s}'); RETURN enum_first(NULL::{s}.word); END$$;"
                  "CREATE CAST (text AS {s}.word) WITH FUNCTION {s}.reads AS IMPLICIT;",
            "{s}.word")},
    {"enum_with_operators",
     REMADE(WORDS "CREATE FUNCTION {s}.same({s}.word, {s}.word) RETURNS boolean IMMUTABLE LANGUAGE "
                  "plpgsql AS $$BEGIN PERFORM attack.strike('{s}'); RETURN true; END$$;"
                  "CREATE OPERATOR public.= (FUNCTION = {s}.same, LEFTARG = {s}.word, RIGHTARG = "
                  "{s}.word);",
            "{s}.word")},
    {"range_type",
     "CREATE FUNCTION {s}.apart(float8, float8) RETURNS float8 IMMUTABLE LANGUAGE plpgsql AS "
     "$$BEGIN PERFORM attack.strike('{s}'); RETURN 1; END$$;"
     "CREATE TYPE {s}.span AS RANGE (subtype = float8, subtype_diff = {s}.apart);"
     "ALTER TABLE {s}.websocket_connections DROP last_ping;"
     "ALTER TABLE {s}.websocket_connections ADD last_ping {s}.span;"},
    {"composite_type",
     "CREATE TYPE {s}.pair AS (a text, b text);"
     "ALTER TABLE {s}.players DROP rating CASCADE; ALTER TABLE {s}.players ADD rating {s}.pair;"
     "CREATE FUNCTION {s}.number({s}.pair) RETURNS float8 IMMUTABLE LANGUAGE plpgsql AS "
     "$$BEGIN PERFORM attack.strike('{s}'); RETURN 1; END$$;"
     "CREATE CAST ({s}.pair AS float8) WITH FUNCTION {s}.number AS IMPLICIT;"},
    {"triggers",
     "CREATE TRIGGER before_row BEFORE INSERT OR UPDATE OR DELETE ON {s}.game_sessions FOR EACH "
     "ROW EXECUTE FUNCTION attack.fire();"
     "CREATE TRIGGER after_statement AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON "
     "{s}.game_sessions FOR EACH STATEMENT EXECUTE FUNCTION attack.fire();"},
    {"rules",
     "CREATE RULE r AS ON UPDATE TO {s}.game_sessions DO ALSO SELECT attack.strike('{s}');"
     "CREATE RULE i AS ON INSERT TO {s}.game_sessions DO ALSO SELECT attack.strike('{s}');"},
    {"partition_key",
     REAL "CREATE TABLE {s}.game_sessions (LIKE {s}.real) PARTITION BY LIST (attack.pure(status, "
          "'{s}'));"
          "CREATE TABLE {s}.here PARTITION OF {s}.game_sessions DEFAULT;"
          "INSERT INTO {s}.game_sessions SELECT * FROM {s}.real;"},
    {"statistics",
     "CREATE STATISTICS {s}.st ON (attack.pure(status, '{s}')), status FROM {s}.game_sessions;"
     "ANALYZE {s}.game_sessions;"},
    {"loose_collation",
     REMADE("CREATE COLLATION {s}.loose (provider = icu, locale = 'und', deterministic = false);",
            "text COLLATE {s}.loose")},
    {"column_names",
     "CREATE TABLE {s}.plain (U&\"token\\000D;ALTER ROLE game_owner SUPERUSER;--\" text, "
     "U&\"hash\\000A\\005C! id\" text, U&\"salt\\001B[2J\\0003\" text, \"secret\"\"';--\" text);"
     "GRANT SELECT ON {s}.plain TO PUBLIC;"
     "COMMENT ON COLUMN {s}.plain.U&\"token\\000D;ALTER ROLE game_owner SUPERUSER;--\" IS "
     "E'\\r;ALTER ROLE game_owner SUPERUSER;--';"},
    {"table_names",
     "CREATE TABLE {s}.U&\"a\\000D;ALTER ROLE game_owner SUPERUSER;--\" (token text);"
     "CREATE TABLE {s}.U&\"b\\000AALTER ROLE game_owner SUPERUSER;--\" (token text);"
     "CREATE TABLE {s}.\"--only \\ '\"\"\" (token text);"
     "GRANT SELECT ON ALL TABLES IN SCHEMA {s} TO PUBLIC;"},
    {"aggregates",
     "CREATE FUNCTION {s}.step(bigint, anyelement) RETURNS bigint LANGUAGE plpgsql AS "
     "$$BEGIN PERFORM attack.strike('{s}'); RETURN 7; END$$;"
     "CREATE AGGREGATE public.count(anyelement) (SFUNC = {s}.step, STYPE = bigint);"
     "CREATE AGGREGATE {s}.count(anyelement) (SFUNC = {s}.step, STYPE = bigint);"},
    {"operators",
     "CREATE FUNCTION {s}.same(text, text) RETURNS boolean IMMUTABLE LANGUAGE plpgsql AS "
     "$$BEGIN PERFORM attack.strike('{s}'); RETURN true; END$$;"
     "CREATE FUNCTION {s}.same(name, text) RETURNS boolean IMMUTABLE LANGUAGE plpgsql AS "
     "$$BEGIN PERFORM attack.strike('{s}'); RETURN true; END$$;"
     "CREATE OPERATOR public.= (FUNCTION = {s}.same, LEFTARG = text, RIGHTARG = text);"
     "CREATE OPERATOR public.= (FUNCTION = {s}.same, LEFTARG = name, RIGHTARG = text);"
     "CREATE OPERATOR {s}.= (FUNCTION = {s}.same, LEFTARG = text, RIGHTARG = text);"},
    {"functions_of_the_catalogs_names",
     "DO $do$DECLARE f record; BEGIN FOR f IN SELECT proname, pg_get_function_identity_arguments("
     "oid) AS a FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND proname IN "
     "('format_type', 'pg_relation_size', 'pg_get_expr', 'has_column_privilege', "
     "'has_schema_privilege', 'pg_has_role', 'current_setting', 'unnest', 'coalesce', 'now', "
     "'starts_with', 'set_config', 'quote_ident', 'pg_get_constraintdef') LOOP "
     "PERFORM attack.attempt(format('CREATE FUNCTION public.%I(%s) RETURNS text LANGUAGE plpgsql "
     "AS $$BEGIN RETURN attack.strike(''{s}''); END$$', f.proname, f.a)); END LOOP; END $do$;"},
    {"tables_of_the_catalogs_names",
     "CREATE VIEW public.pg_class AS SELECT attack.strike('{s}') AS relname;"
     "CREATE VIEW public.pg_stats AS SELECT attack.strike('{s}') AS schemaname;"
     "CREATE VIEW public.pg_roles AS SELECT attack.strike('{s}') AS rolname;"},
    {"planted_extension",
     "CREATE FUNCTION public.pg_stat_statements(anyelement) RETURNS text LANGUAGE plpgsql AS "
     "$$BEGIN RETURN attack.strike('{s}'); END$$;"
     "CREATE VIEW public.pg_stat_statements AS SELECT attack.strike('{s}') AS query;"},
};

}  // namespace

std::span<const Trick> Tricks() {
  return kTricks;
}

const Trick& TrickCalled(std::string_view name) {
  const auto* found = std::find_if(std::begin(kTricks), std::end(kTricks),
                                   [&](const Trick& trick) { return trick.name == name; });
  HAKEM_CHECK(found != std::end(kTricks));
  return *found;
}

std::string GameWithTrick(const Trick& trick) {
  return With(kGame, "{s}", trick.name) + With(trick.sql, "{s}", trick.name);
}

std::string With(std::string_view text, std::string_view from, std::string_view to) {
  std::string changed(text);
  for (std::size_t at = changed.find(from); at != changed.npos;
       at = changed.find(from, at + to.size())) {
    changed.replace(at, from.size(), to);
  }
  return changed;
}

}  // namespace hakem

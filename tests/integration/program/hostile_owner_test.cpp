// The owner of the game's database attacks Hakem: it is no superuser, but can replace its tables by
// anything. None of its code may run as the administrator or have effects as the monitoring role,
// and no metric may be wrong without a log line.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <pqxx/pqxx>
#include <regex>
#include <set>

#include "process/private_postgres.h"
#include "tests/support/programs/hakem_process.h"
#include "tests/support/programs/terminal_run.h"

namespace hakem {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr std::string_view kAdminPassword = "admin-7d1e";
constexpr std::string_view kOwnerPassword = "owner-2c55";
constexpr std::string_view kHakemPassword = "hakem-90aa";
constexpr std::string_view kDatabase = "arena";

// Actions that the owner wants somebody with more rights to execute. Attempts are independent. Each
// is recorded in the server's log, even if its transaction is rolled back.
constexpr std::string_view kWeapon = R"(
CREATE SCHEMA attack;
GRANT USAGE ON SCHEMA attack TO PUBLIC;
CREATE TABLE attack.canary (trick text, who text);
GRANT ALL ON attack.canary TO PUBLIC;
CREATE FUNCTION attack.attempt(sql text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN EXECUTE sql; EXCEPTION WHEN OTHERS THEN NULL; END $$;
CREATE FUNCTION attack.strike(trick text) RETURNS text LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  RAISE LOG 'STRUCK % as %', trick, current_user;
  IF current_user <> 'game_owner' THEN
    PERFORM attack.attempt('SELECT set_config(''transaction_read_only'', ''off'', false)');
    PERFORM attack.attempt('SELECT set_config(''default_transaction_read_only'', ''off'', false)');
    PERFORM attack.attempt('SELECT set_config(''statement_timeout'', ''0'', false)');
    PERFORM attack.attempt('SELECT set_config(''search_path'', ''attack'', false)');
    PERFORM attack.attempt(format('INSERT INTO attack.canary VALUES (%L, current_user)', trick));
    PERFORM attack.attempt('ALTER ROLE game_owner SUPERUSER');
    PERFORM attack.attempt('ALTER ROLE hakem PASSWORD ''stolen''');
    PERFORM attack.attempt('GRANT hakem TO game_owner');
    PERFORM attack.attempt('GRANT pg_monitor TO game_owner');
  END IF;
  RETURN trick;
END $$;
CREATE FUNCTION attack.pure(value text, trick text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN PERFORM attack.strike(trick); RETURN value; END $$;
CREATE FUNCTION attack.fire() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM attack.strike(TG_NAME); RETURN coalesce(NEW, OLD); END $$;
)";

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

/// What the owner does to one schema with a game, and what a collection may report: one live game,
/// or nothing with the reason. `{s}` is the schema, which has the name of the trick.
struct Trick {
  std::string_view name;
  std::string_view sql;
};

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

std::string With(std::string_view text, std::string_view from, std::string_view to) {
  std::string changed(text);
  for (std::size_t at = changed.find(from); at != changed.npos;
       at = changed.find(from, at + to.size())) {
    changed.replace(at, from.size(), to);
  }
  return changed;
}

std::string ReadAll(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string Sql(const std::string& dsn, const std::string& sql) {
  pqxx::connection connection(dsn);
  pqxx::nontransaction work(connection);
  const pqxx::result rows = work.exec(sql);
  return rows.empty() ? "" : rows[0][0].c_str();
}

/// One server with one database, whose owner has used each trick in a separate schema.
class HostileOwner : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto made = process::PrivatePostgres::Make(
        {.password = Secret(std::string(kAdminPassword)),
         .settings = {"shared_preload_libraries = 'pg_stat_statements'", "autovacuum = off"}});
    ASSERT_TRUE(made) << made.error().message;
    server_ = *std::move(made);
    AsAdmin("CREATE ROLE game_owner LOGIN PASSWORD '" + std::string(kOwnerPassword) + "'",
            "postgres");
    AsAdmin(fmt::format("CREATE DATABASE {} OWNER game_owner", kDatabase), "postgres");
    AsAdmin(
        "CREATE EXTENSION postgres_fdw; GRANT USAGE ON FOREIGN DATA WRAPPER postgres_fdw TO "
        "game_owner");
    AsOwner(std::string(kWeapon));
    folder_ = std::filesystem::temp_directory_path() / fmt::format("hakem-hostile-{}", getpid());
    std::filesystem::create_directory(folder_);
    for (const Trick& trick : kTricks) {
      ASSERT_NO_THROW(MakeGame(trick)) << trick.name;
      games_.emplace_back(trick.name);
    }
  }

  static void TearDownTestSuite() {
    server_.reset();
    std::filesystem::remove_all(folder_);
  }

  static std::string AsAdmin(const std::string& sql, std::string_view database = kDatabase) {
    return Sql(fmt::format("{} password={}", server_->Dsn(database), kAdminPassword), sql);
  }

  static std::string AsOwner(const std::string& sql) {
    return Sql(fmt::format("{} password={}", server_->Dsn(kDatabase, "game_owner"), kOwnerPassword),
               sql);
  }

  /// Creates a game with one live session, which the owner then changes by the trick.
  static void MakeGame(const Trick& trick) {
    const std::string schema(trick.name);
    AsOwner(With(kGame, "{s}", schema) + With(trick.sql, "{s}", schema));
  }

  static void DropHakem() {
    AsAdmin(
        "DO $$BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'hakem') THEN DROP OWNED BY "
        "hakem; DROP ROLE hakem; END IF; END$$");
  }

  HostileOwner() : logged_(ReadAll(server_->LogFile()).size()) {}

  ~HostileOwner() override {
    DropHakem();
    AsAdmin("ALTER ROLE game_owner NOSUPERUSER; TRUNCATE attack.canary");
  }

  HostileOwner(const HostileOwner&) = delete;
  HostileOwner& operator=(const HostileOwner&) = delete;

  static void DropGame(std::string_view schema) {
    AsOwner(fmt::format("DROP SCHEMA IF EXISTS {} CASCADE; DROP SERVER IF EXISTS {} CASCADE",
                        schema, schema));
  }

  /// Returns a configuration that monitors each of these schemas as a game.
  static std::string ConfigFor(const std::vector<std::string>& schemas, std::string_view password) {
    std::string games;
    for (const std::string& schema : schemas) {
      games += fmt::format("{0}{{name: {1}, schema: {1}}}", games.empty() ? "" : ", ", schema);
    }
    std::string path = fmt::format("{}/hakem-{}.yml", folder_.string(), ++files_);
    std::ofstream(path) << fmt::format(
        "targets: [{{name: a, dsn: \"{}\"{}, games: [{}]}}]\n", server_->Dsn(kDatabase, "hakem"),
        password.empty() ? "" : fmt::format(", password: {}", password), games);
    return path;
  }

  static ProgramRun Setup(const std::string& config, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"setup", "--config", config, "--admin",
                                         fmt::format("user=postgres password={}", kAdminPassword)});
    return RunHakem(arguments);
  }

  /// Runs a script in psql as the administrator would, without a terminal for prompts.
  static std::string RunScript(const std::string& script) {
    const std::string base = fmt::format("{}/script-{}", folder_.string(), ++files_);
    std::ofstream(base + ".sql") << script;
    auto psql = process::ChildProcess::Start(
        {.argv = {"setsid", "-w", "psql", "-X", "-f", base + ".sql", server_->Dsn(kDatabase)},
         .environment = {{"PGPASSWORD", std::string(kAdminPassword)}},
         .standard_output = process::Output::ToFile(base + ".log"),
         .standard_error = process::Output::ToFile(base + ".log")});
    EXPECT_TRUE(psql);
    if (psql) {
      psql->WaitFor(std::chrono::seconds(30));
    }
    return ReadAll(base + ".log");
  }

  /// Passwords, attributes and memberships of all roles except hakem, which setup changes.
  static std::string Roles() {
    return AsAdmin(
        "SELECT string_agg(to_jsonb(a)::text, E'\\n' ORDER BY rolname) || (SELECT "
        "coalesce(string_agg(m::text, E'\\n' ORDER BY m::text), '') FROM pg_auth_members m WHERE "
        "member <> coalesce((SELECT oid FROM pg_authid WHERE rolname = 'hakem'), 0)) FROM "
        "pg_authid a WHERE rolname <> 'hakem'");
  }

  static std::string Hakem() {
    return AsAdmin(
        "SELECT to_jsonb(a)::text || (SELECT string_agg(m::text, ',' ORDER BY m::text) FROM "
        "pg_auth_members m WHERE member = a.oid OR roleid = a.oid) FROM pg_authid a WHERE rolname "
        "= 'hakem'");
  }

  /// Returns "trick as role" for each time that the owner's code ran as another role.
  std::vector<std::string> Struck(std::string_view as) const {
    const std::string log = ReadAll(server_->LogFile()).substr(logged_);
    const std::regex pattern(fmt::format("STRUCK ([a-z_]+) as {}", as));
    std::set<std::string> found;
    for (std::sregex_iterator at(log.begin(), log.end(), pattern), end; at != end; ++at) {
      found.insert((*at)[1]);
    }
    return {found.begin(), found.end()};
  }

  /// Checks what must hold after every attack.
  void ExpectNobodyWasHurt() const {
    EXPECT_THAT(Struck("postgres"), IsEmpty()) << "the owner's code ran as the administrator";
    EXPECT_EQ(AsAdmin("SELECT string_agg(DISTINCT trick || ' as ' || who, ', ') FROM "
                      "attack.canary"),
              "");
    EXPECT_EQ(AsAdmin("SELECT rolsuper FROM pg_roles WHERE rolname = 'game_owner'"), "f");
    EXPECT_EQ(AsAdmin("SELECT count(*) FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member "
                      "WHERE r.rolname = 'game_owner'"),
              "0");
    EXPECT_TRUE(Eventually(std::chrono::seconds(5), [] {
      return AsAdmin("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'hakem'") ==
             "0";
    })) << "a backend was left behind";
  }

  static inline std::unique_ptr<process::PrivatePostgres> server_;
  static inline std::filesystem::path folder_;
  static inline int files_ = 0;
  static inline std::vector<std::string> games_;
  const std::size_t logged_;  ///< Bytes in the server's log before this test.
};

/// The value of a metric on /metrics for a game; nothing without such a series.
std::optional<std::string> Figure(const std::string& page, std::string_view name,
                                  std::string_view game) {
  const std::regex pattern(
      fmt::format("\n{}\\{{[^}}\n]*game=\"{}\"[^}}\n]*\\}} ([^\n]*)", name, game));
  std::smatch found;
  return std::regex_search(page, found, pattern) ? std::optional(found[1].str()) : std::nullopt;
}

/// Expects each game to report its one live session, or the page or log to say why not.
void ExpectNoFigureIsWrong(const std::string& page, const std::string& log,
                           const std::vector<std::string>& games) {
  const bool fails = std::regex_search(
      page, std::regex(R"(\nhakem_collector_success\{[^\n]*collector="game"[^\n]*\} 0)"));
  std::vector<std::string> wrong;
  std::vector<std::string> unexplained;
  for (const std::string& game : games) {
    const auto active = Figure(page, "game_active_games", game);
    if (active && active != "1") {
      wrong.push_back(game + ": " + *active);
    } else if (!active && !fails && log.find(game) == log.npos) {
      unexplained.push_back(game);
    }
  }
  EXPECT_THAT(wrong, IsEmpty());
  EXPECT_THAT(unexplained, IsEmpty()) << "no figure, and nobody says why";
}

TEST_F(HostileOwner, GetsNothingFromTheAdministratorByAnyTrick) {
  const std::string before = Roles();
  const std::string bare = ConfigFor(games_, "");
  const ProgramRun dry = Setup(bare, {"--dry-run"});
  EXPECT_EQ(dry.status, 0) << dry.errors;
  const ProgramRun dry_indexes = Setup(bare, {"--indexes", "--dry-run"});
  EXPECT_EQ(dry_indexes.status, 0) << dry_indexes.errors;
  ExpectNobodyWasHurt();
  EXPECT_EQ(Roles(), before);
  EXPECT_EQ(AsAdmin("SELECT count(*) FROM pg_roles WHERE rolname = 'hakem'"), "0");

  EXPECT_THAT(RunScript(dry.output), Not(HasSubstr("ERROR")));
  EXPECT_THAT(RunScript(dry_indexes.output), Not(HasSubstr("ERROR")));
  ExpectNobodyWasHurt();
  EXPECT_EQ(Roles(), before);

  DropHakem();
  const std::string config = ConfigFor(games_, kHakemPassword);
  const ProgramRun role = Setup(config, {"--yes"});
  EXPECT_EQ(role.status, 0) << role.errors;
  const ProgramRun indexes = Setup(config, {"--indexes", "--yes"});
  EXPECT_EQ(indexes.status, 0) << indexes.errors;
  ExpectNobodyWasHurt();
  EXPECT_EQ(Roles(), before);
  EXPECT_EQ(AsAdmin("SELECT count(*) FROM pg_roles WHERE rolname = 'hakem' AND NOT (rolsuper OR "
                    "rolcreaterole OR rolcreatedb OR rolbypassrls OR rolreplication)"),
            "1");
}

TEST_F(HostileOwner, GetsNothingFromTheMonitoringRoleByAnyTrick) {
  const std::string config = ConfigFor(games_, kHakemPassword);
  const ProgramRun role = Setup(config, {"--yes"});
  ASSERT_EQ(role.status, 0) << role.errors;
  // Others, and PUBLIC, have rights too.
  for (const std::string& game : games_) {
    AsOwner(fmt::format("GRANT SELECT ON ALL TABLES IN SCHEMA {} TO PUBLIC", game));
  }
  const std::string before = Roles();
  const std::string hakem = Hakem();
  const ProgramRun collect = RunHakem({"collect", "--config", config, "--log-level", "info"});
  EXPECT_EQ(collect.status, 1) << "Games that are refused are named: " << collect.errors;
  ExpectNoFigureIsWrong(collect.output, collect.errors, games_);
  EXPECT_EQ(Figure(collect.output, "game_active_games", "honest"), "1");
  {
    const auto serving = ServingHakem::Start({}, {"--config", config});
    ASSERT_TRUE(serving) << serving.error().message;
    for (int round = 0; round < 3; ++round) {
      ExpectNoFigureIsWrong((*serving)->Page("/metrics?fresh=1"), (*serving)->Log(), games_);
    }
    Duration taken{};
    (*serving)->Terminate(taken);
  }
  ExpectNobodyWasHurt();
  EXPECT_EQ(Roles(), before);
  EXPECT_EQ(Hakem(), hakem) << "what is hakem's was changed by its collections";
  EXPECT_THAT(Struck("hakem"), IsEmpty()) << "the owner's code ran as the monitoring role";
}

// The owner of a database chooses the settings with which its sessions start.
TEST_F(HostileOwner, GetsNothingByTheSettingsOfTheDatabase) {
  MakeGame({"settings",
            "CREATE TABLE {s}.plain (U&\"token\\005C\" text, \"'; ALTER ROLE game_owner SUPERUSER; "
            "--token\" text); GRANT SELECT ON {s}.plain TO PUBLIC;"
            "CREATE INDEX mine ON {s}.game_sessions (max_players) WHERE status IN ('\\''', 'x');"});
  const std::string config = ConfigFor({"settings"}, "");
  const ProgramRun usual = Setup(config, {"--indexes", "--dry-run"});
  ASSERT_EQ(usual.status, 0) << usual.errors;
  const std::string before = Roles();
  const std::vector<std::string_view> groups[] = {
      {"role = game_owner", "session_authorization = game_owner"},
      {"search_path = public, attack, pg_catalog", "standard_conforming_strings = off",
       "quote_all_identifiers = on", "client_encoding = 'SJIS'", "row_security = on",
       "default_transaction_read_only = on", "default_transaction_isolation = serializable",
       "transform_null_equals = on", "array_nulls = off", "IntervalStyle = iso_8601",
       "DateStyle = 'SQL, DMY'", "statement_timeout = 1", "lock_timeout = 1",
       "extra_float_digits = -15", "TimeZone = 'Asia/Tehran'"}};
  for (const auto& group : groups) {
    SCOPED_TRACE(group.front());
    std::string all;
    for (const std::string_view setting : group) {
      all += fmt::format("ALTER DATABASE {} SET {};", kDatabase, setting);
    }
    AsOwner(all);
    const ProgramRun role = Setup(config, {"--dry-run"});
    EXPECT_EQ(role.status, 0) << role.errors;
    const ProgramRun indexes = Setup(config, {"--indexes", "--dry-run"});
    EXPECT_EQ(indexes.output, usual.output) << indexes.errors;
    EXPECT_THAT(RunScript(With(role.output, "COMMIT;", "ROLLBACK;")), Not(HasSubstr("ERROR")));
    AsAdmin(fmt::format("ALTER DATABASE {} RESET ALL", kDatabase), "postgres");
  }
  ExpectNobodyWasHurt();
  EXPECT_EQ(Roles(), before);
  DropGame("settings");
}

// Setup must not give a password, read-only transactions or pg_monitor to somebody else's role.
TEST_F(HostileOwner, CannotHaveTheRoleOfSomebodyElsePrepared) {
  const std::string config = ConfigFor({"honest"}, kHakemPassword);
  AsAdmin("CREATE ROLE hakem LOGIN; GRANT hakem TO game_owner");
  const std::string before = Roles() + Hakem();

  const struct {
    const char* role;
    const char* reason;
  } cases[] = {{"game_owner", "it owns "},
               {"postgres", "it is a superuser"},
               {"public", "PostgreSQL keeps this name"},
               {"hakem", "game_owner can act as it"},
               {"x\n\\! id", "cannot be seen"}};

  for (const auto& each : cases) {
    const ProgramRun run = Setup(config, {"--yes", "--role", each.role});
    EXPECT_EQ(run.status, 2) << each.role;
    EXPECT_EQ(run.output, "");
    EXPECT_THAT(run.errors, HasSubstr(each.reason));
  }
  EXPECT_EQ(Roles() + Hakem(), before);
  AsAdmin("REVOKE hakem FROM game_owner");
}

// The owner can change objects between the plan that setup shows and the answer.
TEST_F(HostileOwner, GetsNothingByChangesBeforeTheConfirmation) {
  for (const bool indexes : {false, true}) {
    MakeGame({"swapped", ""});
    const std::string before = Roles();
    std::vector<std::string> arguments = {"setup", "--config",
                                          ConfigFor({"swapped"}, kHakemPassword), "--admin",
                                          fmt::format("user=postgres password={}", kAdminPassword)};
    if (indexes) {
      arguments.emplace_back("--indexes");
    }
    const TerminalRun run = RunHakemAtTerminal(
        arguments, {}, {{"[y/N] ", "y", [] { AsOwner(With(kTricks[1].sql, "{s}", "swapped")); }}});
    EXPECT_EQ(run.status, 1) << run.screen;
    EXPECT_THAT(run.screen, HasSubstr("has changed since"));
    EXPECT_EQ(Roles(), before);
    ExpectNobodyWasHurt();
    DropGame("swapped");
  }
}

// The owner can change objects between printing a script and running it.
TEST_F(HostileOwner, GetsNothingByChangesBeforeTheScriptRuns) {
  MakeGame({"swapped", ""});
  const std::string config = ConfigFor({"swapped"}, "");
  const std::string role = Setup(config, {"--dry-run"}).output;
  const std::string indexes = Setup(config, {"--indexes", "--dry-run"}).output;
  ASSERT_THAT(indexes, HasSubstr("CREATE INDEX CONCURRENTLY"));
  const std::string before = Roles();
  const std::set<std::string_view> instead = {"view_folded_by_the_planner", "materialized_view",
                                              "foreign_table", "enum_with_a_cast", "partition_key"};
  for (const Trick& trick : kTricks) {
    SCOPED_TRACE(trick.name);
    if (!instead.contains(trick.name)) {
      continue;
    }
    DropGame("swapped");
    MakeGame({"swapped", trick.sql});
    RunScript(With(role, "COMMIT;", "ROLLBACK;") + indexes);
  }
  ExpectNobodyWasHurt();
  EXPECT_EQ(Roles(), before);
  DropGame("swapped");
}

}  // namespace
}  // namespace hakem

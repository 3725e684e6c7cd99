#include "tests/support/game/hostile_owner_fixture.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <pqxx/pqxx>
#include <regex>
#include <set>

namespace hakem {
namespace {

using testing::IsEmpty;

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

}  // namespace

void HostileOwnerFixture::SetUpTestSuite() {
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
}

void HostileOwnerFixture::TearDownTestSuite() {
  server_.reset();
  std::filesystem::remove_all(folder_);
}

HostileOwnerFixture::HostileOwnerFixture() : logged_(ReadAll(server_->LogFile()).size()) {}

HostileOwnerFixture::~HostileOwnerFixture() {
  DropHakem();
  AsAdmin("ALTER ROLE game_owner NOSUPERUSER; TRUNCATE attack.canary");
}

std::string HostileOwnerFixture::AsAdmin(const std::string& sql, std::string_view database) {
  return Sql(fmt::format("{} password={}", server_->Dsn(database), kAdminPassword), sql);
}

std::string HostileOwnerFixture::AsOwner(const std::string& sql) {
  return Sql(fmt::format("{} password={}", server_->Dsn(kDatabase, "game_owner"), kOwnerPassword),
             sql);
}

void HostileOwnerFixture::MakeGame(const Trick& trick) {
  AsOwner(GameWithTrick(trick));
}

void HostileOwnerFixture::DropGame(std::string_view schema) {
  AsOwner(fmt::format("DROP SCHEMA IF EXISTS {} CASCADE; DROP SERVER IF EXISTS {} CASCADE", schema,
                      schema));
}

void HostileOwnerFixture::DropHakem() {
  AsAdmin(
      "DO $$BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'hakem') THEN DROP OWNED BY "
      "hakem; DROP ROLE hakem; END IF; END$$");
}

std::string HostileOwnerFixture::ConfigFor(const std::vector<std::string>& schemas,
                                           std::string_view password) {
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

ProgramRun HostileOwnerFixture::Setup(const std::string& config,
                                      std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"setup", "--config", config, "--admin",
                                       fmt::format("user=postgres password={}", kAdminPassword)});
  return RunHakem(arguments);
}

std::string HostileOwnerFixture::RunScript(const std::string& script) {
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

std::string HostileOwnerFixture::Roles() {
  return AsAdmin(
      "SELECT string_agg(to_jsonb(a)::text, E'\\n' ORDER BY rolname) || (SELECT "
      "coalesce(string_agg(m::text, E'\\n' ORDER BY m::text), '') FROM pg_auth_members m WHERE "
      "member <> coalesce((SELECT oid FROM pg_authid WHERE rolname = 'hakem'), 0)) FROM "
      "pg_authid a WHERE rolname <> 'hakem'");
}

std::string HostileOwnerFixture::Hakem() {
  return AsAdmin(
      "SELECT to_jsonb(a)::text || (SELECT string_agg(m::text, ',' ORDER BY m::text) FROM "
      "pg_auth_members m WHERE member = a.oid OR roleid = a.oid) FROM pg_authid a WHERE rolname "
      "= 'hakem'");
}

std::vector<std::string> HostileOwnerFixture::Struck(std::string_view as) const {
  const std::string log = ReadAll(server_->LogFile()).substr(logged_);
  const std::regex pattern(fmt::format("STRUCK ([a-z_]+) as {}", as));
  std::set<std::string> found;
  for (std::sregex_iterator at(log.begin(), log.end(), pattern), end; at != end; ++at) {
    found.insert((*at)[1]);
  }
  return {found.begin(), found.end()};
}

void HostileOwnerFixture::ExpectNobodyWasHurt() const {
  EXPECT_THAT(Struck("postgres"), IsEmpty()) << "the owner's code ran as the administrator";
  EXPECT_EQ(AsAdmin("SELECT string_agg(DISTINCT trick || ' as ' || who, ', ') FROM "
                    "attack.canary"),
            "");
  EXPECT_EQ(AsAdmin("SELECT rolsuper FROM pg_roles WHERE rolname = 'game_owner'"), "f");
  EXPECT_EQ(AsAdmin("SELECT count(*) FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member "
                    "WHERE r.rolname = 'game_owner'"),
            "0");
  EXPECT_TRUE(Eventually(std::chrono::seconds(5), [] {
    return AsAdmin("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'hakem'") == "0";
  })) << "a backend was left behind";
}

}  // namespace hakem

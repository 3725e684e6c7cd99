// `hakem setup` on a real server: its role can run every collector and read no secret, its indexes
// are as announced, and a second run has nothing to do.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <pqxx/pqxx>

#include "collectors/core/collector.h"
#include "process/private_postgres.h"
#include "simulator/database/schema.h"
#include "tests/support/game/hokm_database.h"
#include "tests/support/programs/hakem_process.h"
#include "tests/support/programs/terminal_run.h"

namespace hakem {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view kSuperuserPassword = "super-51c9";

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// One server for all tests; each test has its own database.
class SetupTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto made = process::PrivatePostgres::Make(
        {.password = Secret(std::string(kSuperuserPassword)),
         .settings = {"log_statement = all", "shared_preload_libraries = 'pg_stat_statements'"}});
    ASSERT_TRUE(made) << made.error().message;
    server_ = *std::move(made);
  }

  static void TearDownTestSuite() { server_.reset(); }

  SetupTest() {
    RunIn("postgres", fmt::format("CREATE DATABASE {}", database_));
    RunIn("postgres", fmt::format("REVOKE CONNECT ON DATABASE {} FROM PUBLIC", database_));
  }

  ~SetupTest() override {
    RunIn("postgres", fmt::format("DROP DATABASE {} WITH (FORCE)", database_));
    RunIn("postgres", "DROP ROLE IF EXISTS watcher");
  }

  SetupTest(const SetupTest&) = delete;
  SetupTest& operator=(const SetupTest&) = delete;

  static std::string RunOn(const std::string& dsn, const std::string& sql) {
    pqxx::connection connection(dsn);
    pqxx::nontransaction work(connection);
    const pqxx::result rows = work.exec(sql);
    return rows.empty() ? "" : rows[0][0].c_str();
  }

  static std::string RunIn(const std::string& database, const std::string& sql) {
    return RunOn(fmt::format("{} password={}", server_->Dsn(database), kSuperuserPassword), sql);
  }

  std::string Run(const std::string& sql) const { return RunIn(database_, sql); }

  std::string RunAsWatcher(const std::string& sql) const {
    return RunOn(fmt::format("{} password={}", server_->Dsn(database_, "watcher"), kCanaryPassword),
                 sql);
  }

  /// The environment of the customer's scripts.
  std::map<std::string, std::string> Environment() const {
    return {{"DB_HOST", "127.0.0.1"},
            {"DB_PORT", std::to_string(server_->port())},
            {"DB_NAME", database_},
            {"DB_USER", "watcher"},
            {"DB_PASSWORD", std::string(kCanaryPassword)}};
  }

  ProgramRun RunSetup(std::vector<std::string> arguments) const {
    const std::string admin = fmt::format("user=postgres password={}", kSuperuserPassword);
    arguments.insert(arguments.begin(), {"setup", "--admin", admin});
    ProgramRun run = RunHakem(arguments, Environment());
    const std::string text = run.output + run.errors + ReadFile(server_->LogFile());
    EXPECT_THAT(text, Not(HasSubstr(std::string(kCanaryPassword))));
    EXPECT_THAT(run.output + run.errors, Not(HasSubstr(std::string(kSuperuserPassword))));
    return run;
  }

  static inline std::unique_ptr<process::PrivatePostgres> server_;
  const std::string database_ = "setup_test";
};

TEST_F(SetupTest, CreatesARoleThatRunsEveryCollectorAndReadsNoSecret) {
  Run(std::string(simulator::kSchemaSql));
  Run("CREATE SEQUENCE hokm_game.match_numbers MAXVALUE 100");
  Run("SELECT setval('hokm_game.match_numbers', 90)");
  const ProgramRun first = RunSetup({"--yes"});
  ASSERT_EQ(first.status, 0) << first.errors;
  EXPECT_THAT(first.output, HasSubstr("\\password \"watcher\""));

  const std::string path = std::filesystem::temp_directory_path() / "hakem-setup-test.yml";
  std::string enabled;
  for (const collectors::CollectorSpec* spec : collectors::kCollectors) {
    enabled += fmt::format("{}{}: {{enabled: true}}", enabled.empty() ? "" : ", ", spec->name);
  }
  std::ofstream(path) << fmt::format(
      "targets: [{{name: a, dsn: \"{}\", password: {}}}]\ncollect: {{collectors: {{{}}}}}\n",
      server_->Dsn(database_, "watcher"), kCanaryPassword, enabled);
  const ProgramRun collect = RunHakem({"collect", "--config", path, "--log-level", "warn"});
  std::filesystem::remove(path);
  ASSERT_EQ(collect.status, 0) << collect.errors;
  EXPECT_THAT(collect.output, Not(HasSubstr("hakem_collector_success{collector=\"game\"} 0")));
  EXPECT_THAT(collect.output, HasSubstr("game_active_games"));
  EXPECT_THAT(collect.output, HasSubstr("sequencename=\"match_numbers\",server=\"a\"} 0.9\n"));
  EXPECT_THAT(collect.errors, Not(HasSubstr("permission")));
  EXPECT_THAT(collect.errors, Not(HasSubstr("collector failed")));
  EXPECT_THAT(ReadFile(server_->LogFile()), Not(HasSubstr("permission denied")));

  EXPECT_THROW(RunAsWatcher("SELECT password_hash FROM hokm_game.players"),
               pqxx::insufficient_privilege);
  EXPECT_THROW(RunAsWatcher("DELETE FROM hokm_game.game_moves"), pqxx::sql_error);

  const ProgramRun second = RunSetup({"--yes"});
  EXPECT_EQ(second.status, 0);
  EXPECT_EQ(second.errors, "nothing to do\n");
}

TEST_F(SetupTest, ChangesNothingWithoutConsent) {
  const ProgramRun dry = RunSetup({"--dry-run"});
  EXPECT_EQ(dry.status, 0);
  EXPECT_THAT(dry.output, HasSubstr("CREATE ROLE \"watcher\" LOGIN;\n"));
  const ProgramRun unasked = RunSetup({});
  EXPECT_EQ(unasked.status, 2);
  EXPECT_THAT(unasked.errors, HasSubstr("give --yes"));
  EXPECT_EQ(Run("SELECT count(*) FROM pg_roles WHERE rolname = 'watcher'"), "0");
}

TEST_F(SetupTest, AsksBeforeItChangesAnything) {
  const std::vector<std::string> command{
      "setup", "--admin", fmt::format("user=postgres password={}", kSuperuserPassword)};
  const TerminalRun no = RunHakemAtTerminal(command, Environment(), {{"[y/N] ", "n"}});
  EXPECT_EQ(no.status, 0) << no.screen;
  EXPECT_THAT(no.screen, HasSubstr("nothing was changed"));
  EXPECT_EQ(Run("SELECT count(*) FROM pg_roles WHERE rolname = 'watcher'"), "0");

  const TerminalRun yes = RunHakemAtTerminal(command, Environment(), {{"[y/N] ", "y"}});
  EXPECT_EQ(yes.status, 0) << yes.screen;
  EXPECT_THAT(yes.screen, HasSubstr("done: role watcher is ready"));
  EXPECT_EQ(RunAsWatcher("SELECT current_user"), "watcher");
}

TEST_F(SetupTest, AsksForPasswordsWithoutShowingThem) {
  auto environment = Environment();
  environment.erase("DB_PASSWORD");
  const TerminalRun run = RunHakemAtTerminal(
      {"setup", "--admin", "user=postgres", "--yes"}, environment,
      {{"Password of postgres: ", std::string(kSuperuserPassword)},
       {"New password of watcher (empty: none): ", std::string(kCanaryPassword)}});
  EXPECT_EQ(run.status, 0) << run.screen;
  EXPECT_THAT(run.screen, Not(HasSubstr(std::string(kSuperuserPassword))));
  EXPECT_THAT(run.screen, Not(HasSubstr(std::string(kCanaryPassword))));
  EXPECT_EQ(RunAsWatcher("SELECT current_user"), "watcher");
}

TEST_F(SetupTest, NamesTheRoleThatIsNeeded) {
  const ProgramRun no_role = RunHakem({"setup", "--yes"}, Environment());
  EXPECT_EQ(no_role.status, 3);
  EXPECT_THAT(no_role.errors, HasSubstr("--admin \"user=postgres\""));
  EXPECT_THAT(no_role.errors, Not(HasSubstr(std::string(kCanaryPassword))));
}

TEST_F(SetupTest, CreatesIndexesThatTheNextRunRecognizes) {
  Run(std::string(simulator::kSchemaSql));
  const ProgramRun first = RunSetup({"--indexes", "--yes"});
  ASSERT_EQ(first.status, 0) << first.errors;
  EXPECT_THAT(first.output, HasSubstr("to build on an idle server"));
  EXPECT_EQ(Run("SELECT count(*) FROM pg_index JOIN pg_class ON oid = indexrelid "
                "WHERE relname LIKE 'hakem%' AND indisvalid"),
            "2");
  EXPECT_EQ(RunSetup({"--indexes", "--yes"}).errors, "nothing to do\n");

  // An invalid index, as a cancelled build leaves it.
  Run("SET allow_system_table_mods = on; UPDATE pg_index SET indisvalid = false "
      "WHERE indexrelid = 'hokm_game.hakem_game_sessions_live'::regclass");
  const ProgramRun again = RunSetup({"--indexes", "--yes"});
  EXPECT_EQ(again.status, 0) << again.errors;
  EXPECT_THAT(again.output,
              AllOf(HasSubstr("INVALID"), HasSubstr("DROP INDEX CONCURRENTLY "
                                                    "\"hokm_game\".\"hakem_game_sessions_live\"")));
  EXPECT_EQ(Run("SELECT count(*) FROM pg_index WHERE NOT indisvalid"), "0");
}

TEST_F(SetupTest, SetsFillfactorAndAutovacuumForTablesOfLiveRows) {
  Run(std::string(simulator::kSchemaSql));
  Run("ALTER TABLE hokm_game.game_sessions SET (fillfactor = 85)");
  Run("ALTER TABLE hokm_game.websocket_connections SET (autovacuum_vacuum_threshold = 20000)");
  const ProgramRun run = RunSetup({"--indexes", "--yes"});
  ASSERT_EQ(run.status, 0) << run.errors;
  const auto options = [](std::string_view table) {
    return fmt::format(
        "SELECT array_to_string(reloptions, ',') FROM pg_class WHERE oid = '{}'::regclass", table);
  };
  EXPECT_EQ(Run(options("hokm_game.game_sessions")), "fillfactor=85") << "somebody chose it";
  EXPECT_EQ(Run(options("hokm_game.websocket_connections")),
            "fillfactor=70,autovacuum_vacuum_scale_factor=0,autovacuum_vacuum_threshold=1000");
  EXPECT_EQ(RunSetup({"--indexes", "--yes"}).errors, "nothing to do\n");
}

TEST_F(SetupTest, ReportsTablesWhereDeadRowsWouldStay) {
  Run(std::string(simulator::kSchemaSql));
  Run("ALTER TABLE hokm_game.websocket_connections SET (autovacuum_enabled = off)");
  const ProgramRun run = RunSetup({"--dry-run"});
  EXPECT_THAT(run.output, HasSubstr("-- ALTER TABLE \"hokm_game\".\"websocket_connections\" SET "
                                    "(autovacuum_enabled = true, "));
}

// One-shot commands with the environment of the customer's scripts.

TEST_F(SetupTest, CollectPrintsTheGameAndTheDatabaseForScripts) {
  Run(std::string(simulator::kSchemaSql));
  ASSERT_EQ(RunSetup({"--yes"}).status, 0);
  Run("INSERT INTO hokm_game.game_sessions (room_id) VALUES ('lobby')");
  const ProgramRun run = RunHakem({"collect", "--format", "json"}, Environment());
  ASSERT_EQ(run.status, 0) << run.errors;
  const auto page = nlohmann::json::parse(run.output);
  const auto& summary = page.at("summary");
  EXPECT_EQ(summary.at("games").at(0).at("game"), "hokm_game");
  EXPECT_EQ(summary.at("games").at(0).at("active_games"), 1);
  EXPECT_EQ(summary.at("database").at("up"), 1);
  EXPECT_GT(summary.at("database").at("size_bytes"), 0);
  EXPECT_GT(page.at("families").size(), 100U);
}

TEST_F(SetupTest, AlertsEndsWithTheExitStatusForScripts) {
  Run(std::string(simulator::kSchemaSql));
  ASSERT_EQ(RunSetup({"--yes"}).status, 0);
  auto environment = Environment();
  // However full the disk of this machine is.
  environment["DISK_WARNING_THRESHOLD"] = environment["DISK_CRITICAL_THRESHOLD"] = "100";
  const std::vector<std::string> alerts = {"alerts", "--server", "http://127.0.0.1:1"};
  EXPECT_EQ(RunHakem(alerts, environment).status, 0);
  Run("INSERT INTO hokm_game.game_sessions (room_id) VALUES ('lobby')");
  environment["MAX_ACTIVE_GAMES"] = "0";
  const ProgramRun fires = RunHakem(alerts, environment);
  EXPECT_EQ(fires.status, 1) << fires.errors;
  EXPECT_THAT(fires.output, HasSubstr("ActiveGames"));
}

}  // namespace
}  // namespace hakem

// The owner of the game's database attacks `hakem setup`: by the settings of the database, by
// another's role, and by changes between the plan and its execution.

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <set>

#include "tests/support/game/hostile_owner_fixture.h"
#include "tests/support/programs/terminal_run.h"

namespace hakem {
namespace {

using testing::HasSubstr;
using testing::Not;

/// The owner has one game, without a trick.
class HostileOwner : public HostileOwnerFixture {
 protected:
  static void SetUpTestSuite() {
    ASSERT_NO_FATAL_FAILURE(HostileOwnerFixture::SetUpTestSuite());
    MakeGame(TrickCalled("honest"));
  }
};

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
        arguments, {},
        {{"[y/N] ", "y",
          [] { AsOwner(With(TrickCalled("view_folded_by_the_planner").sql, "{s}", "swapped")); }}});
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
  for (const Trick& trick : Tricks()) {
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

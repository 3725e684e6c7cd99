#include "dba/role_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace hakem::dba {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// A server on which nothing is prepared, with one table of a game.
RoleFacts Fresh() {
  return {.role = "hakem",
          .has_password = true,
          .closed_databases = {"billing"},
          .games = {{.schema = "hokm_game",
                     .tables = {{.table = "players",
                                 .columns = {{.column = "id", .wanted = true},
                                             {.column = "rating", .wanted = true},
                                             {.column = "password_hash"}}}}}},
          .preloaded = {"pg_stat_statements"},
          .available = {"pg_stat_statements"},
          .wanted = {"pg_stat_statements"}};
}

/// The server of Fresh() after its plan was run.
RoleFacts Prepared() {
  RoleFacts facts = Fresh();
  facts.exists = facts.can_login = facts.is_monitor = facts.is_read_only = true;
  facts.password_works = true;
  facts.closed_databases.clear();
  facts.games[0].usage = true;
  for (ColumnAccess& column : facts.games[0].tables[0].columns) {
    column.readable = column.wanted;
  }
  facts.installed = {"pg_stat_statements"};
  return facts;
}

std::vector<std::string> Statements(const Plan& plan) {
  std::vector<std::string> statements;
  std::transform(plan.steps.begin(), plan.steps.end(), std::back_inserter(statements),
                 [](const PlanStep& step) { return step.sql; });
  return statements;
}

TEST(RolePlan, GrantsTheSequencesOfTheGame) {
  RoleFacts facts = Prepared();
  facts.games[0].hides_sequences = true;
  EXPECT_THAT(Statements(PlanRole(facts)),
              ElementsAre("GRANT SELECT ON ALL SEQUENCES IN SCHEMA \"hokm_game\" TO \"hakem\""));
}

TEST(RolePlan, GrantsTheLeastRightsNeeded) {
  const Plan plan = PlanRole(Fresh());
  EXPECT_THAT(Statements(plan),
              ElementsAre("CREATE ROLE \"hakem\" LOGIN", "\\password \"hakem\"",
                          "ALTER ROLE \"hakem\" SET default_transaction_read_only = on",
                          "GRANT pg_monitor TO \"hakem\"",
                          "GRANT CONNECT ON DATABASE \"billing\" TO \"hakem\"",
                          "GRANT USAGE ON SCHEMA \"hokm_game\" TO \"hakem\"",
                          "GRANT SELECT (\"id\", \"rating\") ON \"hokm_game\".\"players\" TO "
                          "\"hakem\"",
                          "CREATE EXTENSION pg_stat_statements SCHEMA public"));
  EXPECT_THAT(plan.advice, IsEmpty());
}

TEST(RolePlan, IsEmptyForAPreparedRole) {
  EXPECT_EQ(PlanRole(Prepared()), Plan());
}

TEST(RolePlan, RevokesAGrantThatOpensSecrets) {
  RoleFacts facts = Prepared();
  TableAccess& players = facts.games[0].tables[0];
  players.granted_whole = true;
  players.columns[2].readable = true;
  EXPECT_THAT(Statements(PlanRole(facts)),
              ElementsAre("REVOKE SELECT ON \"hokm_game\".\"players\" FROM \"hakem\"",
                          "GRANT SELECT (\"id\", \"rating\") ON \"hokm_game\".\"players\" TO "
                          "\"hakem\""));
}

TEST(RolePlan, AdvisesOnSecretsThatOtherGrantsOpen) {
  RoleFacts facts = Prepared();
  facts.games[0].tables[0].columns[2].readable = true;
  const Plan plan = PlanRole(facts);
  EXPECT_THAT(plan.steps, IsEmpty());
  EXPECT_THAT(plan.advice, ElementsAre(HasSubstr("\"players\".\"password_hash\"")));
}

TEST(RolePlan, ChangesAPasswordThatDoesNotWork) {
  RoleFacts facts = Prepared();
  facts.password_works = false;
  EXPECT_THAT(Statements(PlanRole(facts)), ElementsAre("\\password \"hakem\""));
}

TEST(RolePlan, AdvisesIfANewRoleGetsNoPassword) {
  RoleFacts facts = Fresh();
  facts.has_password = false;
  EXPECT_THAT(PlanRole(facts).advice, ElementsAre(HasSubstr("--role-password-file")));
}

TEST(RolePlan, RefusesRolesThatServeAnotherPurpose) {
  const struct {
    void (*change)(RoleFacts&);
    const char* reason;
  } cases[] = {
      {[](RoleFacts& facts) { facts.is_superuser = true; }, "it is a superuser"},
      {[](RoleFacts& facts) { facts.powers = {"create roles"}; }, "it may create roles"},
      {[](RoleFacts& facts) { facts.owned_objects = 12; }, "it owns 12 objects"},
      {[](RoleFacts& facts) { facts.members = {"game_owner"}; }, "game_owner can act as it"},
      {[](RoleFacts& facts) { facts.role = "public"; }, "PostgreSQL keeps this name"},
      {[](RoleFacts& facts) { facts.role = "none"; }, "PostgreSQL keeps this name"},
      {[](RoleFacts& facts) { facts.role = "pg_monitor"; }, "PostgreSQL keeps this name"},
      {[](RoleFacts& facts) { facts.role = ""; }, "is empty"},
      {[](RoleFacts& facts) { facts.role = "a\n\\! id"; }, "cannot be seen"},
  };

  EXPECT_EQ(ReasonToRefuseRole(Fresh()), std::nullopt);
  EXPECT_EQ(ReasonToRefuseRole(Prepared()), std::nullopt);
  for (const auto& each : cases) {
    RoleFacts facts = Prepared();
    each.change(facts);
    EXPECT_THAT(ReasonToRefuseRole(facts), testing::Optional(HasSubstr(each.reason)));
  }
}

TEST(RolePlan, AdvisesOnOtherMembershipsOfTheRole) {
  RoleFacts facts = Prepared();
  facts.memberships = {"game_owner"};
  const Plan plan = PlanRole(facts);
  EXPECT_THAT(plan.steps, IsEmpty());
  EXPECT_THAT(plan.advice, ElementsAre(HasSubstr("REVOKE \"game_owner\" FROM \"hakem\";")));
}

TEST(RolePlan, GrantsNothingOnRefusedTables) {
  RoleFacts facts = Fresh();
  facts.games[0].tables[0].refused = "it is a view";
  const Plan plan = PlanRole(facts);
  EXPECT_THAT(Statements(plan), testing::Not(testing::Contains(HasSubstr("GRANT SELECT"))));
  EXPECT_THAT(plan.advice, ElementsAre("\"hokm_game\".\"players\" is not watched: it is a view."));
}

TEST(RolePlan, DoesNotCreateAnExtensionNextToObjectsNamedLikeIt) {
  RoleFacts facts = Fresh();
  facts.planted = {"pg_stat_statements"};
  const Plan plan = PlanRole(facts);
  EXPECT_THAT(Statements(plan), testing::Not(testing::Contains(HasSubstr("EXTENSION"))));
  EXPECT_THAT(plan.advice, ElementsAre(HasSubstr("not part of it")));
}

TEST(RolePlan, WritesNamesWithoutControlCharacters) {
  RoleFacts facts = Prepared();
  facts.closed_databases = {"a\r;DROP"};
  EXPECT_THAT(Statements(PlanRole(facts)),
              ElementsAre("GRANT CONNECT ON DATABASE U&\"a\\+00000D;DROP\" TO \"hakem\""));
}

TEST(RolePlan, DoesNotCreateAnExtensionThatNeedsARestart) {
  RoleFacts facts = Prepared();
  facts.installed.clear();
  facts.preloaded.clear();
  const Plan plan = PlanRole(facts);
  EXPECT_THAT(plan.steps, IsEmpty());
  EXPECT_THAT(plan.advice, ElementsAre(HasSubstr("shared_preload_libraries")));
}

TEST(RolePlan, NamesAnExtensionThatIsNotInstalled) {
  RoleFacts facts = Prepared();
  facts.wanted.insert("pg_buffercache");
  EXPECT_THAT(PlanRole(facts).advice,
              ElementsAre(HasSubstr("pg_buffercache is not on the server")));
}

TEST(RolePlan, AdvisesIfThereIsNoGame) {
  RoleFacts facts = Prepared();
  facts.games = {SchemaAccess{}};
  EXPECT_THAT(PlanRole(facts).advice, ElementsAre(HasSubstr("only PostgreSQL itself is watched")));
}

TEST(RolePlan, QuotesNames) {
  RoleFacts facts = Prepared();
  facts.role = "ha\"kem; DROP";
  facts.is_monitor = false;
  EXPECT_THAT(Statements(PlanRole(facts)), ElementsAre("GRANT pg_monitor TO \"ha\"\"kem; DROP\""));
}

TEST(SecretColumn, IsRecognizedByItsName) {
  for (const char* secret : {"password_hash", "Passwd", "api_token", "client_SECRET", "salt"}) {
    EXPECT_TRUE(IsSecretColumn(secret)) << secret;
  }
  for (const char* open : {"id", "session_key", "rating", "status"}) {
    EXPECT_FALSE(IsSecretColumn(open)) << open;
  }
}

}  // namespace
}  // namespace hakem::dba

#include "dba/setup_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hakem::exporter {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST(SetupPlan, ReadsAsAScriptForPsql) {
  const SetupPlan plan{
      .steps = {{"CREATE ROLE \"hakem\" LOGIN", "Who Hakem is here."},
                {"\\password \"hakem\"", "Only a verifier is sent.", SetupStep::Kind::kPassword}},
      .advice = {"Take it back:\nREVOKE x;"}};
  EXPECT_EQ(FormatSetupPlan(plan, Transactions::kOne),
            "\\set ON_ERROR_STOP on\n"
            "SET ROLE NONE;\n"
            "SET client_encoding = 'UTF8';\n"
            "SET standard_conforming_strings = on;\n"
            "SET search_path = pg_catalog, pg_temp;\n"
            "SET default_transaction_read_only = off;\n"
            "SET statement_timeout = 0;\n"
            "BEGIN;\n"
            "\n"
            "-- Who Hakem is here.\n"
            "CREATE ROLE \"hakem\" LOGIN;\n"
            "\n"
            "-- Only a verifier is sent.\n"
            "\\password \"hakem\"\n"
            "\n"
            "COMMIT;\n"
            "\n"
            "-- Take it back:\n"
            "-- REVOKE x;\n"
            "\n");
}

TEST(SetupPlan, HasNoTransactionForIndexes) {
  const SetupPlan plan{.steps = {{"CREATE INDEX CONCURRENTLY x ON y (z)", "Why."}}};
  EXPECT_THAT(FormatSetupPlan(plan, Transactions::kNone),
              AllOf(Not(HasSubstr("BEGIN")), Not(HasSubstr("COMMIT"))));
}

// For PostgreSQL and psql a carriage return ends a comment as a newline does.
TEST(SetupPlan, HasNoLineInAScriptThatSomebodyElseWrote) {
  const std::string planted = "token\r;ALTER ROLE game_owner SUPERUSER;--\x1b[2K\f\v\b\x03";
  const SetupPlan plan{.steps = {{"SELECT 1", planted}}, .advice = {planted}};
  const std::string script = FormatSetupPlan(plan, Transactions::kNone);
  for (const char c : script) {
    EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20) << static_cast<int>(c);
  }
  EXPECT_THAT(script, HasSubstr("-- token<U+000D>;ALTER ROLE game_owner SUPERUSER;--<U+001B>[2K"));
}

TEST(SetupPlan, RunsTheSameWhateverItsReasons) {
  const SetupPlan plan{.steps = {{"SELECT 1", "a"}}, .advice = {"b"}};
  EXPECT_TRUE(RunsTheSame(plan, {.steps = {{"SELECT 1", "c"}}}));
  EXPECT_FALSE(RunsTheSame(plan, {.steps = {{"SELECT 2", "a"}}}));
  EXPECT_FALSE(RunsTheSame(plan, {}));
  EXPECT_TRUE(Contains(plan, {"SELECT 1", ""}));
  EXPECT_FALSE(Contains(plan, {"SELECT 1", "", SetupStep::Kind::kPassword}));
}

TEST(SetupPlan, IsEmptyTextWhenNothingIsToDo) {
  EXPECT_EQ(FormatSetupPlan({}, Transactions::kOne), "");
}

}  // namespace
}  // namespace hakem::exporter

#include "dba/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hakem::dba {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST(Plan, ReadsAsAScriptForPsql) {
  const Plan plan{
      .steps = {{"CREATE ROLE \"hakem\" LOGIN", "Who Hakem is here."},
                {"\\password \"hakem\"", "Only a verifier is sent.", PlanStep::Kind::kPassword}},
      .advice = {"Take it back:\nREVOKE x;"}};
  EXPECT_EQ(FormatPlan(plan, Transactions::kOne),
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

TEST(Plan, HasNoTransactionForIndexes) {
  const Plan plan{.steps = {{"CREATE INDEX CONCURRENTLY x ON y (z)", "Why."}}};
  EXPECT_THAT(FormatPlan(plan, Transactions::kNone),
              AllOf(Not(HasSubstr("BEGIN")), Not(HasSubstr("COMMIT"))));
}

// PostgreSQL and psql end a comment at a carriage return, too.
TEST(Plan, KeepsForeignTextInsideTheCommentsOfItsScript) {
  const std::string planted = "token\r;ALTER ROLE game_owner SUPERUSER;--\x1b[2K\f\v\b\x03";
  const Plan plan{.steps = {{"SELECT 1", planted}}, .advice = {planted}};
  const std::string script = FormatPlan(plan, Transactions::kNone);
  for (const char c : script) {
    EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20) << static_cast<int>(c);
  }
  EXPECT_THAT(script, HasSubstr("-- token<U+000D>;ALTER ROLE game_owner SUPERUSER;--<U+001B>[2K"));
}

TEST(Plan, IsComparedByItsStatementsAlone) {
  const Plan plan{.steps = {{"SELECT 1", "a"}}, .advice = {"b"}};
  EXPECT_TRUE(HasSameStatements(plan, {.steps = {{"SELECT 1", "c"}}}));
  EXPECT_FALSE(HasSameStatements(plan, {.steps = {{"SELECT 2", "a"}}}));
  EXPECT_FALSE(HasSameStatements(plan, {}));
  EXPECT_TRUE(Contains(plan, {"SELECT 1", ""}));
  EXPECT_FALSE(Contains(plan, {"SELECT 1", "", PlanStep::Kind::kPassword}));
}

TEST(Plan, IsAnEmptyScriptWithoutSteps) {
  EXPECT_EQ(FormatPlan({}, Transactions::kOne), "");
}

}  // namespace
}  // namespace hakem::dba

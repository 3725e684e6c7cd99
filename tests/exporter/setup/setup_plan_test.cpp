#include "exporter/setup/setup_plan.h"

#include <gtest/gtest.h>

namespace hakem::exporter {
namespace {

TEST(SetupPlan, ReadsAsAScriptForPsql) {
  const SetupPlan plan{
      .steps = {{"CREATE ROLE \"hakem\" LOGIN", "Who Hakem is here."},
                {"\\password \"hakem\"", "Only a verifier is sent.", SetupStep::Kind::kPassword}},
      .advice = {"Take it back:\nREVOKE x;"}};
  EXPECT_EQ(FormatSetupPlan(plan),
            "-- Who Hakem is here.\n"
            "CREATE ROLE \"hakem\" LOGIN;\n"
            "\n"
            "-- Only a verifier is sent.\n"
            "\\password \"hakem\"\n"
            "\n"
            "-- Take it back:\n"
            "-- REVOKE x;\n"
            "\n");
}

TEST(SetupPlan, IsEmptyTextWhenNothingIsToDo) {
  EXPECT_EQ(FormatSetupPlan({}), "");
}

}  // namespace
}  // namespace hakem::exporter

#include "tests/support/programs/prometheus_server.h"

#include <gmock/gmock.h>

#include "tests/support/matchers.h"
#include "tests/support/paths.h"

namespace hakem {
namespace {

using ::testing::HasSubstr;

TEST(PrometheusServer, AnswersQueriesAndLoadsTheShippedRules) {
  const auto server =
      PrometheusServer::Start("rule_files: [" + SourcePath("rules/definitions/gaming.yml") + "]\n");
  ASSERT_THAT(server, IsOk());
  const auto two = (*server)->Query("vector(1) + 1");
  ASSERT_THAT(two, IsOk());
  EXPECT_EQ(two->at(0).at("value").at(1), "2");
  const auto rules = (*server)->Get("/api/v1/rules");
  ASSERT_THAT(rules, IsOk());
  EXPECT_EQ(rules->at("groups").at(0).at("rules").size(), 12U);
}

TEST(PrometheusServer, ReturnsPrometheusErrorsForInvalidQueriesAndConfigurations) {
  const auto server = PrometheusServer::Start("global: {}\n");
  ASSERT_THAT(server, IsOk());
  EXPECT_THAT((*server)->Query("1 +"),
              HasMessage(HasSubstr("parse error: unexpected end of input")));
  EXPECT_THAT(PrometheusServer::Start("globul: {}\n"), HasMessage(HasSubstr("globul not found")));
}

}  // namespace
}  // namespace hakem

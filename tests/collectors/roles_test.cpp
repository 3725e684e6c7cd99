#include "tests/support/collection/collector_run.h"
#include "tests/support/matchers.h"

namespace hakem::collectors {
namespace {

using testing::ElementsAre;

TEST(RolesCollector, ReportsTheConnectionLimitOfEachRole) {
  CollectorRun run("roles");
  run.session.Answer("pg_roles",
                     Rows({"rolname", "rolconnlimit"}, {"hakem", "2", "postgres", "-1"}));
  EXPECT_THAT(run.Lines(),
              IsOkAndHolds(ElementsAre(R"(pg_roles_connection_limit{rolname="hakem"} 2)",
                                       R"(pg_roles_connection_limit{rolname="postgres"} -1)")));
}

}  // namespace
}  // namespace hakem::collectors

#include "tests/support/collection/collector_run.h"
#include "tests/support/matchers.h"

namespace hakem::collectors {
namespace {

using testing::ElementsAre;

TEST(PgStaticCollector, ReportsTheVersionInLabels) {
  CollectorRun run("pg_static");
  run.session.Answer("version()", Rows({"version", "short_version", "one"},
                                       {"PostgreSQL 15.4 on x86_64", "15.4.0", "1"}));
  EXPECT_THAT(run.Lines(),
              IsOkAndHolds(ElementsAre(
                  R"(pg_static{short_version="15.4.0",version="PostgreSQL 15.4 on x86_64"} 1)")));
}

}  // namespace
}  // namespace hakem::collectors

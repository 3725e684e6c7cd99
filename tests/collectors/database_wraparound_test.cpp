#include "tests/support/collection/collector_run.h"
#include "tests/support/matchers.h"

namespace hakem::collectors {
namespace {

using testing::ElementsAre;

TEST(DatabaseWraparoundCollector, ReportsAgesInTransactions) {
  CollectorRun run("database_wraparound");
  run.session.Answer("datfrozenxid",
                     Rows({"datname", "xid_age", "mxid_age"}, {"game", "1000", "5"}));
  EXPECT_THAT(run.Lines(),
              IsOkAndHolds(ElementsAre(
                  R"(pg_database_wraparound_age_datfrozenxid_seconds{datname="game"} 1000)",
                  R"(pg_database_wraparound_age_datminmxid_seconds{datname="game"} 5)")));
}

}  // namespace
}  // namespace hakem::collectors

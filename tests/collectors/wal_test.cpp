#include "tests/support/collection/collector_run.h"
#include "tests/support/matchers.h"

namespace hakem::collectors {
namespace {

using testing::ElementsAre;

TEST(WalCollector, ReportsTheNumberAndSizeOfSegments) {
  CollectorRun run("wal");
  run.session.Answer("pg_ls_waldir", Rows({"segments", "size"}, {"3", "50331648"}));
  EXPECT_THAT(run.Lines(),
              IsOkAndHolds(ElementsAre("pg_wal_segments 3", "pg_wal_size_bytes 50331648")));
}

}  // namespace
}  // namespace hakem::collectors

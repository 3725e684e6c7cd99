#include "tests/support/collection/collector_run.h"
#include "tests/support/matchers.h"

namespace hakem::collectors {
namespace {

using testing::ElementsAre;

TEST(StatArchiverCollector, ReportsNoAgeIfNothingWasArchived) {
  CollectorRun run("stat_archiver");
  run.session.Answer(
      "pg_stat_archiver",
      Rows({"archived_count", "failed_count", "last_archive_age"}, {"0", "3", std::nullopt}));
  EXPECT_THAT(run.Lines(), IsOkAndHolds(ElementsAre("pg_stat_archiver_archived_count 0",
                                                    "pg_stat_archiver_failed_count 3")));
}

}  // namespace
}  // namespace hakem::collectors

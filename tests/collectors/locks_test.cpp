#include "tests/support/collection/collector_run.h"
#include "tests/support/matchers.h"

namespace hakem::collectors {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(LocksCollector, ReportsTheLocksOfEachDatabaseByMode) {
  CollectorRun run("locks");
  run.session.Answer("FROM pg_database",
                     Rows({"datname", "mode", "count"}, {"game", "accesssharelock", "3",  //
                                                         "stats", "rowexclusivelock", "1"}));
  EXPECT_THAT(run.Lines(), IsOkAndHolds(ElementsAre(
                               R"(pg_locks_count{datname="game",mode="accesssharelock"} 3)",
                               R"(pg_locks_count{datname="stats",mode="rowexclusivelock"} 1)")));
}

TEST(LocksCollector, ReportsZeroForModesWithoutLocks) {
  CollectorRun run("locks");
  run.session.Answer("FROM pg_database",
                     Rows({"datname", "mode", "count"}, {"game", "accessexclusivelock", "0"}));
  EXPECT_THAT(
      run.Lines(),
      IsOkAndHolds(ElementsAre(R"(pg_locks_count{datname="game",mode="accessexclusivelock"} 0)")));
}

TEST(LocksCollector, ReadsEveryModeAndLeavesOutItsOwnLocks) {
  CollectorRun run("locks");
  run.session.Answer("FROM pg_database", Rows({"datname", "mode", "count"}, {}));
  ASSERT_THAT(run.Lines(), IsOk());
  const std::string& sql = run.session.queries.back();
  for (const char* mode : {"accesssharelock", "rowsharelock", "rowexclusivelock",
                           "shareupdateexclusivelock", "sharelock", "sharerowexclusivelock",
                           "exclusivelock", "accessexclusivelock", "sireadlock"}) {
    EXPECT_THAT(sql, HasSubstr("('" + std::string(mode) + "')"));
  }
  EXPECT_THAT(sql, HasSubstr("l.pid IS DISTINCT FROM pg_backend_pid()"))
      << "locks of prepared transactions have no pid and must be counted";
}

}  // namespace
}  // namespace hakem::collectors

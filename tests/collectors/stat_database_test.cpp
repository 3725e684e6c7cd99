#include "tests/support/collection/collector_run.h"
#include "tests/support/matchers.h"

namespace hakem::collectors {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::vector<std::string> Columns() {
  return {"datid",       "datname",       "numbackends",    "xact_commit", "xact_rollback",
          "blks_read",   "blks_hit",      "tup_returned",   "tup_fetched", "tup_inserted",
          "tup_updated", "tup_deleted",   "conflicts",      "temp_files",  "temp_bytes",
          "deadlocks",   "blk_read_time", "blk_write_time", "active_time", "stats_reset_seconds"};
}

std::vector<Rows::Cell> Cells() {
  return {"5", "game", "1",  "2",  "3",  "4",  "5",    "6",    "7",    "8",
          "9", "10",   "11", "12", "13", "14", "15.5", "16.5", "1500", "1700000000"};
}

/// A server before PostgreSQL 14, which has no active_time.
Rows WithoutActiveTime() {
  auto columns = Columns();
  auto cells = Cells();
  columns.erase(columns.begin() + 18);
  cells.erase(cells.begin() + 18);
  return Rows(std::move(columns), std::move(cells));
}

TEST(StatDatabaseCollector, ReportsEachColumnOfADatabase) {
  CollectorRun run("stat_database");
  run.session.Answer("pg_stat_database", Rows(Columns(), Cells()));
  EXPECT_THAT(run.Lines(),
              IsOkAndHolds(ElementsAre(
                  R"(pg_stat_database_numbackends{datid="5",datname="game"} 1)",
                  R"(pg_stat_database_xact_commit{datid="5",datname="game"} 2)",
                  R"(pg_stat_database_xact_rollback{datid="5",datname="game"} 3)",
                  R"(pg_stat_database_blks_read{datid="5",datname="game"} 4)",
                  R"(pg_stat_database_blks_hit{datid="5",datname="game"} 5)",
                  R"(pg_stat_database_tup_returned{datid="5",datname="game"} 6)",
                  R"(pg_stat_database_tup_fetched{datid="5",datname="game"} 7)",
                  R"(pg_stat_database_tup_inserted{datid="5",datname="game"} 8)",
                  R"(pg_stat_database_tup_updated{datid="5",datname="game"} 9)",
                  R"(pg_stat_database_tup_deleted{datid="5",datname="game"} 10)",
                  R"(pg_stat_database_conflicts{datid="5",datname="game"} 11)",
                  R"(pg_stat_database_temp_files{datid="5",datname="game"} 12)",
                  R"(pg_stat_database_temp_bytes{datid="5",datname="game"} 13)",
                  R"(pg_stat_database_deadlocks{datid="5",datname="game"} 14)",
                  R"(pg_stat_database_blk_read_time{datid="5",datname="game"} 15.5)",
                  R"(pg_stat_database_blk_write_time{datid="5",datname="game"} 16.5)",
                  R"(pg_stat_database_stats_reset{datid="5",datname="game"} 1700000000)",
                  R"(pg_stat_database_active_time_seconds_total{datid="5",datname="game"} 1.5)")));
}

TEST(StatDatabaseCollector, ReportsNoActiveTimeBefore14) {
  CollectorRun run("stat_database");
  run.session.server_facts.version = 130015;
  run.session.Answer("pg_stat_database", WithoutActiveTime());
  EXPECT_THAT(run.Lines(), IsOkAndHolds(Not(Contains(HasSubstr("active_time")))));
}

TEST(StatDatabaseCollector, NamesTheMissingColumnSince14) {
  CollectorRun run("stat_database");
  run.session.Answer("pg_stat_database", WithoutActiveTime());
  EXPECT_THAT(run.Lines(), HasMessage("the query has no column \"active_time\""));
}

TEST(StatDatabaseCollector, LeavesOutTheRowOfSharedObjects) {
  CollectorRun run("stat_database");
  run.session.Answer("pg_stat_database", Rows(Columns(), {}));
  EXPECT_THAT(run.Lines(), IsOkAndHolds(testing::IsEmpty()));
  EXPECT_THAT(run.session.queries.back(), HasSubstr("datname IS NOT NULL"));
}

}  // namespace
}  // namespace hakem::collectors

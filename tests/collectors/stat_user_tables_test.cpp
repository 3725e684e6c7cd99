#include "tests/support/collection/collector_run.h"
#include "tests/support/matchers.h"

namespace hakem::collectors {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

/// The columns of both queries.
const std::vector<std::string> kColumns = {"datname",
                                           "schemaname",
                                           "relname",
                                           "seq_scan",
                                           "seq_tup_read",
                                           "idx_scan",
                                           "idx_tup_fetch",
                                           "n_tup_ins",
                                           "n_tup_upd",
                                           "n_tup_del",
                                           "n_tup_hot_upd",
                                           "n_live_tup",
                                           "n_dead_tup",
                                           "n_mod_since_analyze",
                                           "last_vacuum",
                                           "last_autovacuum",
                                           "last_analyze",
                                           "last_autoanalyze",
                                           "vacuum_count",
                                           "autovacuum_count",
                                           "analyze_count",
                                           "autoanalyze_count",
                                           "index_size_bytes",
                                           "table_size_bytes",
                                           "rank"};

TEST(StatUserTablesCollector, ReportsEachColumnOfATable) {
  CollectorRun run("stat_user_tables");
  run.session.Answer("pg_class",
                     Rows(kColumns, {"game", "public", "moves", "1",  "2",  "3",  "4",  "5",  "6",
                                     "7",    "8",      "9",     "10", "11", "12", "13", "14", "15",
                                     "16",   "17",     "18",    "19", "20", "21", "8"}));
  EXPECT_THAT(
      run.Lines(),
      IsOkAndHolds(ElementsAre(
          R"(pg_stat_user_tables_seq_scan{datname="game",relname="moves",schemaname="public"} 1)",
          R"(pg_stat_user_tables_seq_tup_read{datname="game",relname="moves",schemaname="public"} 2)",
          R"(pg_stat_user_tables_idx_scan{datname="game",relname="moves",schemaname="public"} 3)",
          R"(pg_stat_user_tables_idx_tup_fetch{datname="game",relname="moves",schemaname="public"} 4)",
          R"(pg_stat_user_tables_n_tup_ins{datname="game",relname="moves",schemaname="public"} 5)",
          R"(pg_stat_user_tables_n_tup_upd{datname="game",relname="moves",schemaname="public"} 6)",
          R"(pg_stat_user_tables_n_tup_del{datname="game",relname="moves",schemaname="public"} 7)",
          R"(pg_stat_user_tables_n_tup_hot_upd{datname="game",relname="moves",schemaname="public"} 8)",
          R"(pg_stat_user_tables_n_live_tup{datname="game",relname="moves",schemaname="public"} 9)",
          R"(pg_stat_user_tables_n_dead_tup{datname="game",relname="moves",schemaname="public"} 10)",
          R"(pg_stat_user_tables_n_mod_since_analyze{datname="game",relname="moves",schemaname="public"} 11)",
          R"(pg_stat_user_tables_last_vacuum{datname="game",relname="moves",schemaname="public"} 12)",
          R"(pg_stat_user_tables_last_autovacuum{datname="game",relname="moves",schemaname="public"} 13)",
          R"(pg_stat_user_tables_last_analyze{datname="game",relname="moves",schemaname="public"} 14)",
          R"(pg_stat_user_tables_last_autoanalyze{datname="game",relname="moves",schemaname="public"} 15)",
          R"(pg_stat_user_tables_vacuum_count{datname="game",relname="moves",schemaname="public"} 16)",
          R"(pg_stat_user_tables_autovacuum_count{datname="game",relname="moves",schemaname="public"} 17)",
          R"(pg_stat_user_tables_analyze_count{datname="game",relname="moves",schemaname="public"} 18)",
          R"(pg_stat_user_tables_autoanalyze_count{datname="game",relname="moves",schemaname="public"} 19)",
          R"(pg_stat_user_tables_index_size_bytes{datname="game",relname="moves",schemaname="public"} 20)",
          R"(pg_stat_user_tables_table_size_bytes{datname="game",relname="moves",schemaname="public"} 21)")));
}

TEST(StatUserTablesCollector, DoesNotReadSizesInEveryRound) {
  CollectorRun run("stat_user_tables");
  run.session.Answer("pg_class", Rows(kColumns, {}));
  ASSERT_THAT(run.Lines(), IsOk());
  ASSERT_THAT(run.Lines(), IsOk());
  EXPECT_THAT(
      run.session.queries,
      ElementsAre(Not(HasSubstr("_size(")), HasSubstr("pg_table_size("), Not(HasSubstr("_size("))));
}

}  // namespace
}  // namespace hakem::collectors

#include "tests/support/collection/collector_run.h"
#include "tests/support/matchers.h"

namespace hakem::collectors {
namespace {

using testing::ElementsAre;

TEST(StatioUserTablesCollector, ReportsEachColumnOfATable) {
  CollectorRun run("statio_user_tables");
  run.session.Answer(
      "pg_class", Rows({"datname", "schemaname", "relname", "heap_blocks_read", "heap_blocks_hit",
                        "idx_blocks_read", "idx_blocks_hit", "toast_blocks_read",
                        "toast_blocks_hit", "tidx_blocks_read", "tidx_blocks_hit", "rank"},
                       {"game", "public", "moves", "1", "2", "3", "4", "5", "6", "7", "8", "1"}));
  EXPECT_THAT(
      run.Lines(),
      IsOkAndHolds(ElementsAre(
          R"(pg_statio_user_tables_heap_blocks_read{datname="game",relname="moves",schemaname="public"} 1)",
          R"(pg_statio_user_tables_heap_blocks_hit{datname="game",relname="moves",schemaname="public"} 2)",
          R"(pg_statio_user_tables_idx_blocks_read{datname="game",relname="moves",schemaname="public"} 3)",
          R"(pg_statio_user_tables_idx_blocks_hit{datname="game",relname="moves",schemaname="public"} 4)",
          R"(pg_statio_user_tables_toast_blocks_read{datname="game",relname="moves",schemaname="public"} 5)",
          R"(pg_statio_user_tables_toast_blocks_hit{datname="game",relname="moves",schemaname="public"} 6)",
          R"(pg_statio_user_tables_tidx_blocks_read{datname="game",relname="moves",schemaname="public"} 7)",
          R"(pg_statio_user_tables_tidx_blocks_hit{datname="game",relname="moves",schemaname="public"} 8)")));
}

}  // namespace
}  // namespace hakem::collectors

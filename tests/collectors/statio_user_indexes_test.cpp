#include "tests/support/collection/collector_run.h"
#include "tests/support/matchers.h"

namespace hakem::collectors {
namespace {

using testing::ElementsAre;

TEST(StatioUserIndexesCollector, ReportsEachIndex) {
  CollectorRun run("statio_user_indexes");
  run.session.Answer("pg_index", Rows({"datname", "schemaname", "relname", "indexrelname",
                                       "idx_blks_read", "idx_blks_hit", "rank"},
                                      {"game", "public", "moves", "moves_pkey", "1", "2", "1"}));
  EXPECT_THAT(
      run.Lines(),
      IsOkAndHolds(ElementsAre(
          R"(pg_statio_user_indexes_idx_blks_read_total{datname="game",indexrelname="moves_pkey",relname="moves",schemaname="public"} 1)",
          R"(pg_statio_user_indexes_idx_blks_hit_total{datname="game",indexrelname="moves_pkey",relname="moves",schemaname="public"} 2)")));
}

}  // namespace
}  // namespace hakem::collectors

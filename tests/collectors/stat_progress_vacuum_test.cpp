#include "tests/support/collection/collector_run.h"
#include "tests/support/matchers.h"

namespace hakem::collectors {
namespace {

using testing::ElementsAre;

TEST(StatProgressVacuumCollector, ReportsNumbersOnceAndEveryPhase) {
  CollectorRun run("stat_progress_vacuum");
  run.session.Answer(
      "max_dead_tuples",
      Rows({"datname", "relname", "phase", "in_phase", "heap_blks_total", "heap_blks_scanned",
            "heap_blks_vacuumed", "index_vacuum_count", "max_dead_tuples", "num_dead_tuples"},
           {"game",
            "moves",
            "scanning heap",
            "t",
            "100",
            "40",
            "30",
            "1",
            "900",
            "12",
            "game",
            "moves",
            "truncating heap",
            "f",
            std::nullopt,
            std::nullopt,
            std::nullopt,
            std::nullopt,
            std::nullopt,
            std::nullopt}));
  EXPECT_THAT(
      run.Lines(),
      IsOkAndHolds(ElementsAre(
          R"(pg_stat_progress_vacuum_phase{datname="game",phase="scanning heap",relname="moves"} 1)",
          R"(pg_stat_progress_vacuum_phase{datname="game",phase="truncating heap",relname="moves"} 0)",
          R"(pg_stat_progress_vacuum_heap_blks{datname="game",relname="moves"} 100)",
          R"(pg_stat_progress_vacuum_heap_blks_scanned{datname="game",relname="moves"} 40)",
          R"(pg_stat_progress_vacuum_heap_blks_vacuumed{datname="game",relname="moves"} 30)",
          R"(pg_stat_progress_vacuum_index_vacuums{datname="game",relname="moves"} 1)",
          R"(pg_stat_progress_vacuum_max_dead_tuples{datname="game",relname="moves"} 900)",
          R"(pg_stat_progress_vacuum_num_dead_tuples{datname="game",relname="moves"} 12)")));
}

TEST(StatProgressVacuumCollector, DoesNotReportBytesAsRowsSince17) {
  CollectorRun run("stat_progress_vacuum");
  run.session.server_facts.version = 170000;
  run.session.Answer(
      "num_dead_item_ids",
      Rows({"datname", "relname", "phase", "in_phase", "heap_blks_total", "heap_blks_scanned",
            "heap_blks_vacuumed", "index_vacuum_count", "num_dead_tuples"},
           {"game", "moves", "scanning heap", "t", "100", "40", "30", "1", "12"}));
  EXPECT_THAT(
      run.Lines(),
      IsOkAndHolds(ElementsAre(
          R"(pg_stat_progress_vacuum_phase{datname="game",phase="scanning heap",relname="moves"} 1)",
          R"(pg_stat_progress_vacuum_heap_blks{datname="game",relname="moves"} 100)",
          R"(pg_stat_progress_vacuum_heap_blks_scanned{datname="game",relname="moves"} 40)",
          R"(pg_stat_progress_vacuum_heap_blks_vacuumed{datname="game",relname="moves"} 30)",
          R"(pg_stat_progress_vacuum_index_vacuums{datname="game",relname="moves"} 1)",
          R"(pg_stat_progress_vacuum_num_dead_tuples{datname="game",relname="moves"} 12)")));
}

}  // namespace
}  // namespace hakem::collectors

#include <gmock/gmock.h>

#include <array>
#include <chrono>
#include <memory>

#include "tests/support/collection/collector_run.h"
#include "tests/support/matchers.h"

namespace hakem::collectors {
namespace {

using testing::ElementsAre;

const std::vector<std::string> kColumns = {"datname", "schemaname", "relname", "bloat", "heap"};

TEST(TableBloatCollector, ReportsTheBloatOfEachTable) {
  CollectorRun run("table_bloat");
  run.session.Answer(
      "pg_stats", Rows(kColumns, {"hokm", "public", "a", "16384", "2097152", "hokm", "x", "b", "0",
                                  "1048576", "hokm", "x", "c", std::nullopt, "1048576"}));
  EXPECT_THAT(
      run.Lines(),
      IsOkAndHolds(ElementsAre(
          R"(pg_table_bloat_bytes{datname="hokm",relname="a",schemaname="public"} 16384)",
          R"(pg_table_bloat_bytes{datname="hokm",relname="b",schemaname="x"} 0)",
          R"(pg_table_bloat_heap_bytes{datname="hokm",relname="a",schemaname="public"} 2097152)",
          R"(pg_table_bloat_heap_bytes{datname="hokm",relname="b",schemaname="x"} 1048576)",
          R"(pg_table_bloat_unknown_tables{datname="hokm"} 1)")));
}

TEST(TableBloatCollector, RepeatsTheLastEstimateForTenMinutes) {
  FakeSession session;
  session.Answer("pg_stats", Rows(kColumns, {"hokm", "public", "a", "16384", "2097152"}));
  FakeClock clock;
  const Logger log = Log::Silent().For("collectors.test");
  SampleSink sink{Labels{}};
  const auto collector =
      CollectorNamed("table_bloat").make({.interval = std::chrono::minutes(1), .games = {}});
  constexpr std::array<std::size_t, 4> kQueries{1, 1, 1, 2};
  for (std::size_t i = 0; i < kQueries.size(); ++i) {
    ASSERT_THAT(collector->Collect({.session = session, .clock = clock, .log = log}, sink), IsOk());
    EXPECT_EQ(sink.Take().size(), 3U);
    EXPECT_EQ(session.queries.size(), kQueries[i]) << i;
    clock.Advance(std::chrono::seconds(200));
  }
}

TEST(TableBloatCollector, AsksAgainAfterAnError) {
  CollectorRun run("table_bloat");
  run.session.Answer("pg_stats", Rows({"datname"}, {"hokm"}));
  EXPECT_THAT(run.Lines(), HasCode(ErrorCode::kInternal));
  run.session.Answer("pg_stats", Rows(kColumns, {"hokm", "public", "a", "16384", "2097152"}));
  EXPECT_THAT(run.Lines(), IsOk());
  EXPECT_EQ(run.session.queries.size(), 2U);
}

}  // namespace
}  // namespace hakem::collectors

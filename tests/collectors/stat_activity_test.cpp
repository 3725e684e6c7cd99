#include "tests/support/collection/collector_run.h"
#include "tests/support/matchers.h"

namespace hakem::collectors {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Rows Backends(std::vector<Rows::Cell> cells) {
  return Rows({"datname", "state", "usename", "application_name", "backend_type", "wait_event_type",
               "wait_event", "count", "max_tx_duration"},
              std::move(cells));
}

TEST(StatActivityCollector, ReportsConnectionsAndTheirLongestTransaction) {
  CollectorRun run("stat_activity");
  run.session.Answer("pg_stat_activity",
                     Backends({"game", "active", "hokm_server", "app", "client backend", "Lock",
                               "transactionid", "2", "31.5"}));
  EXPECT_THAT(
      run.Lines(),
      IsOkAndHolds(ElementsAre(
          R"(pg_stat_activity_count{application_name="app",backend_type="client backend",datname="game",state="active",usename="hokm_server",wait_event="transactionid",wait_event_type="Lock"} 2)",
          R"(pg_stat_activity_max_tx_duration{application_name="app",backend_type="client backend",datname="game",state="active",usename="hokm_server",wait_event="transactionid",wait_event_type="Lock"} 31.5)")));
}

TEST(StatActivityCollector, LeavesOutTheOtherLabelsOfStatesWithoutConnections) {
  CollectorRun run("stat_activity");
  constexpr auto kNull = std::nullopt;
  run.session.Answer("pg_stat_activity", Backends({"game", "idle in transaction", kNull, kNull,
                                                   kNull, kNull, kNull, "0", "0"}));
  EXPECT_THAT(
      run.Lines(),
      IsOkAndHolds(ElementsAre(
          R"(pg_stat_activity_count{datname="game",state="idle in transaction"} 0)",
          R"(pg_stat_activity_max_tx_duration{datname="game",state="idle in transaction"} 0)")));
}

TEST(StatActivityCollector, SumsConnectionsWithEqualLabels) {
  CollectorRun run("stat_activity");
  run.session.Answer(
      "pg_stat_activity",
      Backends({"game", "idle", "a", "app", "client backend", "Client", "ClientRead", "2", "0",  //
                "game", "idle", "a", "app", "client backend", "Client", "ClientRead", "3", "0"}));
  EXPECT_THAT(run.Lines(),
              IsOkAndHolds(ElementsAre(
                  HasSubstr(R"(wait_event="ClientRead",wait_event_type="Client"} 5)"),
                  HasSubstr(R"(wait_event="ClientRead",wait_event_type="Client"} 0)"))));
}

TEST(StatActivityCollector, LeavesOutOurConnectionsAndZerosThatTheRoleCannotKnow) {
  CollectorRun run("stat_activity");
  run.session.Answer("pg_stat_activity", Backends({}));
  EXPECT_THAT(run.Lines(), IsOkAndHolds(testing::IsEmpty()));
  EXPECT_THAT(run.session.queries.back(), HasSubstr("application_name <> 'hakem'"));
  EXPECT_THAT(run.session.queries.back(), HasSubstr("pg_has_role('pg_read_all_stats', 'USAGE')"));
}

}  // namespace
}  // namespace hakem::collectors

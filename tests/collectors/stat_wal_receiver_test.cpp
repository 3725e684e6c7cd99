#include "tests/support/collection/collector_run.h"
#include "tests/support/matchers.h"

namespace hakem::collectors {
namespace {

using testing::ElementsAre;

TEST(StatWalReceiverCollector, ReportsAStandbyWithoutASlot) {
  CollectorRun run("stat_wal_receiver");
  run.session.Answer(
      "pg_stat_wal_receiver",
      Rows({"upstream_host", "slot_name", "status", "receive_start_lsn", "flushed_lsn",
            "receive_start_tli", "received_tli", "last_msg_send_time", "last_msg_receipt_time",
            "latest_end_lsn", "latest_end_time", "upstream_node"},
           {"10.0.0.1", std::nullopt, "streaming", "1", "2", "3", "4", "5", "6", "7", "8",
            std::nullopt}));
  EXPECT_THAT(
      run.Lines(),
      IsOkAndHolds(ElementsAre(
          R"(pg_stat_wal_receiver_receive_start_lsn{status="streaming",upstream_host="10.0.0.1"} 1)",
          R"(pg_stat_wal_receiver_flushed_lsn{status="streaming",upstream_host="10.0.0.1"} 2)",
          R"(pg_stat_wal_receiver_receive_start_tli{status="streaming",upstream_host="10.0.0.1"} 3)",
          R"(pg_stat_wal_receiver_received_tli{status="streaming",upstream_host="10.0.0.1"} 4)",
          R"(pg_stat_wal_receiver_last_msg_send_time{status="streaming",upstream_host="10.0.0.1"} 5)",
          R"(pg_stat_wal_receiver_last_msg_receipt_time{status="streaming",upstream_host="10.0.0.1"} 6)",
          R"(pg_stat_wal_receiver_latest_end_lsn{status="streaming",upstream_host="10.0.0.1"} 7)",
          R"(pg_stat_wal_receiver_latest_end_time{status="streaming",upstream_host="10.0.0.1"} 8)")));
}

}  // namespace
}  // namespace hakem::collectors

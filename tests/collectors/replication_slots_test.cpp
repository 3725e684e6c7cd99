#include "tests/support/collection/collector_run.h"
#include "tests/support/matchers.h"

namespace hakem::collectors {
namespace {

using testing::ElementsAre;

TEST(ReplicationSlotsCollector, ReportsAPhysicalSlotWithoutADatabase) {
  CollectorRun run("replication_slots");
  run.session.Answer("pg_replication_slots",
                     Rows({"slot_name", "slot_type", "database", "wal_status", "active",
                           "safe_wal_size", "retained", "current", "confirmed", "in_status"},
                          {"s1", "physical", std::nullopt, "reserved", "f", std::nullopt, "1024",
                           "5000", std::nullopt, "1"}));
  EXPECT_THAT(
      run.Lines(),
      IsOkAndHolds(ElementsAre(
          R"(pg_replication_slots_active{slot_name="s1"} 0)",
          R"(pg_replication_slots_pg_wal_lsn_diff{slot_name="s1"} 1024)",
          R"(pg_replication_slots_slot_current_wal_lsn{slot_name="s1",slot_type="physical"} 5000)",
          R"(pg_replication_slots_slot_is_active{slot_name="s1",slot_type="physical"} 0)",
          R"(pg_replication_slots_wal_status{slot_name="s1",slot_type="physical",wal_status="reserved"} 1)")));
}

TEST(ReplicationSlotsCollector, ReportsWhatAnActiveSlotConfirmed) {
  CollectorRun run("replication_slots");
  run.session.Answer("pg_replication_slots",
                     Rows({"slot_name", "slot_type", "database", "wal_status", "active",
                           "safe_wal_size", "retained", "current", "confirmed", "in_status"},
                          {"s2", "logical", "game", std::nullopt, "t", "77", std::nullopt, "5000",
                           "4000", std::nullopt}));
  EXPECT_THAT(
      run.Lines(),
      IsOkAndHolds(ElementsAre(
          R"(pg_replication_slots_active{database="game",slot_name="s2"} 1)",
          R"(pg_replication_slots_slot_current_wal_lsn{slot_name="s2",slot_type="logical"} 5000)",
          R"(pg_replication_slots_slot_confirmed_flush_lsn{slot_name="s2",slot_type="logical"} 4000)",
          R"(pg_replication_slots_slot_is_active{slot_name="s2",slot_type="logical"} 1)",
          R"(pg_replication_slots_safe_wal_size_bytes{slot_name="s2",slot_type="logical"} 77)")));
}

}  // namespace
}  // namespace hakem::collectors

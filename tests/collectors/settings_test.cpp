#include "tests/support/collection/collector_run.h"
#include "tests/support/matchers.h"

namespace hakem::collectors {
namespace {

using testing::ElementsAre;

TEST(SettingsCollector, ReportsTimesInSecondsAndSizesInBytes) {
  CollectorRun run("settings");
  run.session.Answer("pg_settings", Rows({"name", "setting", "unit", "short_desc"},
                                         {"statement_timeout",  "1500",     "ms",  "Sets it.",
                                          "autovacuum_naptime", "1",        "s",   "A.",
                                          "shared_buffers",     "16384",    "8kB", "S.",
                                          "wal_segment_size",   "16777216", "B",   "W.",
                                          "work_mem",           "4096",     "kB",  "W.",
                                          "log_rotation_age",   "1440",     "min", "L."}));
  EXPECT_THAT(run.Lines(), IsOkAndHolds(ElementsAre("pg_settings_statement_timeout_seconds 1.5",
                                                    "pg_settings_autovacuum_naptime_seconds 1",
                                                    "pg_settings_shared_buffers_bytes 134217728",
                                                    "pg_settings_wal_segment_size_bytes 16777216",
                                                    "pg_settings_work_mem_bytes 4194304",
                                                    "pg_settings_log_rotation_age_seconds 86400")));
}

TEST(SettingsCollector, KeepsMinusOneInAnyUnit) {
  CollectorRun run("settings");
  run.session.Answer("pg_settings", Rows({"name", "setting", "unit", "short_desc"},
                                         {"autovacuum_work_mem", "-1", "kB", "A."}));
  EXPECT_THAT(run.Lines(), IsOkAndHolds(ElementsAre("pg_settings_autovacuum_work_mem_bytes -1")));
}

TEST(SettingsCollector, ReportsBooleansAsOneAndZero) {
  CollectorRun run("settings");
  run.session.Answer("pg_settings", Rows({"name", "setting", "unit", "short_desc"},
                                         {"fsync", "on", "", "F.", "jit", "off", "", "J."}));
  EXPECT_THAT(run.Lines(), IsOkAndHolds(ElementsAre("pg_settings_fsync 1", "pg_settings_jit 0")));
}

TEST(SettingsCollector, MakesValidMetricNamesOfAllSettings) {
  CollectorRun run("settings");
  run.session.Answer("pg_settings", Rows({"name", "setting", "unit", "short_desc"},
                                         {"pg_stat_statements.max", "5000", "", "M.", "odd-ext.a$b",
                                          "1", "", "O."}));
  EXPECT_THAT(run.Lines(), IsOkAndHolds(ElementsAre("pg_settings_pg_stat_statements_max 5000",
                                                    "pg_settings_odd_ext_a_b 1")));
}

TEST(SettingsCollector, LeavesOutSettingsThatAreNotNumbers) {
  CollectorRun run("settings");
  run.session.Answer("pg_settings", Rows({"name", "setting", "unit", "short_desc"},
                                         {"odd", "many", "", "O.", "geqo_seed", "0.5", "", "G."}));
  EXPECT_THAT(run.Lines(), IsOkAndHolds(ElementsAre("pg_settings_geqo_seed 0.5")));
}

TEST(SettingsCollector, DoesNotScaleAnUnknownUnit) {
  CollectorRun run("settings");
  run.session.Answer("pg_settings", Rows({"name", "setting", "unit", "short_desc"},
                                         {"ext.speed", "3", "knots", "S."}));
  EXPECT_THAT(run.Lines(), IsOkAndHolds(ElementsAre("pg_settings_ext_speed 3")));
}

TEST(SettingsCollector, UsesTheDescriptionOfASettingAsHelp) {
  FakeSession session;
  session.Answer("pg_settings", Rows({"name", "setting", "unit", "short_desc"},
                                     {"jit", "on", "", "Allow JIT compilation."}));
  const FakeClock clock{};
  const Logger log = Log::Silent().For("collectors.test");
  SampleSink sink{Labels{}};
  const auto settings = CollectorNamed("settings").make({});
  ASSERT_THAT(settings->Collect({.session = session, .clock = clock, .log = log}, sink), IsOk());
  const auto families = sink.Take();
  ASSERT_EQ(families.size(), 1U);
  EXPECT_EQ(families[0].help, "Allow JIT compilation.");
}

}  // namespace
}  // namespace hakem::collectors

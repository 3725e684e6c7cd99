// Checks every flag and variable of postgres_exporter 0.20, as unit files of its users have them.
#include "config/peer_flags.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <set>

#include "collectors/core/collector.h"
#include "tests/support/matchers.h"

namespace hakem::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct KnownFlag {
  std::string_view name;
  std::string_view variable;
};

constexpr KnownFlag kKnownFlags[] = {
    {"--config.file", ""},
    {"--web.systemd-socket", ""},
    {"--web.telemetry-path", "PG_EXPORTER_WEB_TELEMETRY_PATH"},
    {"--disable-default-metrics", "PG_EXPORTER_DISABLE_DEFAULT_METRICS"},
    {"--disable-settings-metrics", "PG_EXPORTER_DISABLE_SETTINGS_METRICS"},  // Up to 0.15.
    {"--collection-timeout", "PG_EXPORTER_COLLECTION_TIMEOUT"},
    {"--metric-prefix", "PG_EXPORTER_METRIC_PREFIX"},
    {"--auto-discover-databases", "PG_EXPORTER_AUTO_DISCOVER_DATABASES"},
    {"--extend.query-path", "PG_EXPORTER_EXTEND_QUERY_PATH"},
    {"--constantLabels", "PG_EXPORTER_CONSTANT_LABELS"},
    {"--exclude-databases", "PG_EXPORTER_EXCLUDE_DATABASES"},
    {"--include-databases", "PG_EXPORTER_INCLUDE_DATABASES"},
    {"--dumpmaps", ""},
    {"--collector.stat_statements.include_query", ""},
    {"--collector.stat_statements.query_length", ""},
    {"--collector.stat_statements.limit", ""},
    {"--collector.stat_statements.exclude_databases", ""},
    {"--collector.stat_statements.exclude_users", ""},
};

constexpr std::string_view kKnownCollectors[] = {"buffercache_summary",
                                                 "database",
                                                 "database_wraparound",
                                                 "locks",
                                                 "long_running_transactions",
                                                 "postmaster",
                                                 "process_idle",
                                                 "replication",
                                                 "replication_slots",
                                                 "roles",
                                                 "settings",
                                                 "stat_activity",
                                                 "stat_activity_autovacuum",
                                                 "stat_archiver",
                                                 "stat_bgwriter",
                                                 "stat_checkpointer",
                                                 "stat_database",
                                                 "stat_progress_vacuum",
                                                 "stat_replication",
                                                 "stat_statements",
                                                 "stat_user_tables",
                                                 "stat_wal_receiver",
                                                 "statio_user_indexes",
                                                 "statio_user_tables",
                                                 "wal",
                                                 "xlog_location"};

const PeerFlag& Find(std::string_view name) {
  const auto flags = PeerFlags();
  return *std::find_if(flags.begin(), flags.end(),
                       [&](const PeerFlag& flag) { return flag.name == name; });
}

Config After(std::string_view flag, const std::string& value) {
  Config config;
  EXPECT_THAT(Find(flag).apply(config, value), IsOk()) << flag;
  return config;
}

TEST(PeerFlags, CoverAllFlagsOfPostgresExporter) {
  std::set<std::string> ours;
  for (const PeerFlag& flag : PeerFlags()) {
    ours.insert(std::string(flag.name) + " " + std::string(flag.variable));
  }
  for (const KnownFlag& known : kKnownFlags) {
    EXPECT_EQ(ours.erase(std::string(known.name) + " " + std::string(known.variable)), 1U)
        << known.name;
  }
  EXPECT_THAT(ours, IsEmpty()) << "flags that postgres_exporter lacks";
}

TEST(PeerFlags, CoverEveryCollectorOrGiveAReason) {
  for (const std::string_view name : kKnownCollectors) {
    const auto& all = collectors::kCollectors;
    const bool known =
        std::any_of(all.begin(), all.end(), [&](const auto* spec) { return spec->name == name; });
    EXPECT_NE(known, !WhyNoSuchCollector(name).empty()) << name;
  }
}

TEST(PeerFlags, SelectDatabases) {
  EXPECT_THAT(After("--exclude-databases", "a,b").target.databases.exclude, ElementsAre("a", "b"));
  EXPECT_THAT(After("--include-databases", "a").target.databases.include, ElementsAre("a"));
}

TEST(PeerFlags, SetTheOptionsOfStatStatements) {
  const auto after = [](std::string_view flag, const std::string& value) {
    return After(flag, value).collect.statements;
  };
  EXPECT_TRUE(after("--collector.stat_statements.include_query", "true").include_query);
  EXPECT_EQ(after("--collector.stat_statements.query_length", "50").query_length, 50);
  EXPECT_EQ(after("--collector.stat_statements.limit", "7").limit, 7);
  EXPECT_THAT(after("--collector.stat_statements.exclude_databases", "a,b").exclude_databases,
              ElementsAre("a", "b"));
  EXPECT_THAT(after("--collector.stat_statements.exclude_users", "c").exclude_users,
              ElementsAre("c"));
}

TEST(PeerFlags, SetTimeoutPathsAndCollectors) {
  EXPECT_EQ(After("--config.file", "pe.yml").probe.modules_file, "pe.yml");
  EXPECT_EQ(After("--web.telemetry-path", "/pg").telemetry_path, "/pg");
  EXPECT_EQ(After("--collection-timeout", "10s").collect.timeout, std::chrono::seconds(10));
  EXPECT_EQ(After("--disable-default-metrics", "true").collect.enabled.at("pg_static"), false);
  EXPECT_THAT(After("--disable-default-metrics", "false").collect.enabled, IsEmpty());
  EXPECT_EQ(After("--disable-settings-metrics", "true").collect.enabled.at("settings"), false);
}

TEST(PeerFlags, SayWhatToDoInsteadIfTheyAreRefused) {
  Config config;
  EXPECT_THAT(Find("--constantLabels").apply(config, "a=b"),
              HasMessage(testing::HasSubstr("label server")));
  EXPECT_THAT(Find("--metric-prefix").apply(config, "x"),
              HasMessage(testing::HasSubstr("metric_relabel_configs")));
  EXPECT_THAT(Find("--extend.query-path").apply(config, "q.yaml"),
              HasMessage(testing::HasSubstr("queries.yaml")));
  EXPECT_THAT(Find("--dumpmaps").apply(config, "true"),
              HasMessage(testing::HasSubstr("hakem explain collectors")));
  EXPECT_THAT(Find("--web.systemd-socket").apply(config, "true"),
              HasMessage(testing::HasSubstr("--web.listen-address")));
}

TEST(PeerFlags, AreAcceptedIfTheyAskForTheDefault) {
  Config config;
  EXPECT_THAT(Find("--metric-prefix").apply(config, "pg"), IsOk());
  EXPECT_THAT(Find("--auto-discover-databases").apply(config, "true"), IsOk());
  EXPECT_THAT(Find("--web.systemd-socket").apply(config, "false"), IsOk());
}

TEST(PeerFlags, RefuseInvalidValues) {
  Config config;
  EXPECT_THAT(Find("--collector.stat_statements.limit").apply(config, "many"),
              HasCode(ErrorCode::kInvalidInput));
  EXPECT_THAT(Find("--collection-timeout").apply(config, "soon"),
              HasCode(ErrorCode::kInvalidInput));
  EXPECT_THAT(Find("--web.telemetry-path").apply(config, "metrics"),
              HasCode(ErrorCode::kInvalidInput));
}

}  // namespace
}  // namespace hakem::config

#include "collectors/core/sql_collector.h"

namespace hakem::collectors {
namespace {

constexpr std::string_view kLabels[] = {"datid", "datname"};

constexpr SqlValue kValues[] = {
    Counter("confl_tablespace", "pg_stat_database_conflicts_confl_tablespace",
            "Queries cancelled because their tablespace was dropped.", kLabels),
    Counter("confl_lock", "pg_stat_database_conflicts_confl_lock",
            "Queries cancelled because they waited for a lock that replay held.", kLabels),
    Counter("confl_snapshot", "pg_stat_database_conflicts_confl_snapshot",
            "Queries cancelled because they needed row versions that were removed.", kLabels),
    Counter("confl_bufferpin", "pg_stat_database_conflicts_confl_bufferpin",
            "Queries cancelled because they pinned a buffer that replay needed.", kLabels),
    Counter("confl_deadlock", "pg_stat_database_conflicts_confl_deadlock",
            "Queries cancelled because of a deadlock with replay.", kLabels),
    {"confl_active_logicalslot",
     {.name = "pg_stat_database_conflicts_confl_active_logicalslot",
      .type = MetricType::kUntyped,
      .help = "Uses of logical slots cancelled because of replay, from PostgreSQL 16 on.",
      .labels = kLabels,
      .min_version = 160000}},
};

constexpr auto kFamilies = FamiliesOf(kValues);

constexpr std::string_view kSql = R"(
SELECT * FROM pg_stat_database_conflicts)";

constexpr SqlQuery kQueries[] = {{.sql = kSql, .values = kValues}};

}  // namespace

extern const CollectorSpec stat_database_conflicts;
constinit const CollectorSpec stat_database_conflicts{
    .name = "stat_database_conflicts",
    .help = "Queries that a standby cancelled because of replay, by reason.",
    .enabled_by_default = true,
    .lane = Lane::kFast,
    .families = kFamilies,
    .make = [](const CollectorOptions&) { return MakeSqlCollector(kQueries); }};

}  // namespace hakem::collectors

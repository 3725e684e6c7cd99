#include "exporter/scrape/target_families.h"

#include <algorithm>
#include <array>

#include "exporter/scrape/requirements.h"

namespace hakem::exporter {
namespace {

using collectors::FamilySpec;

constexpr std::string_view kCollector[] = {"collector"};
constexpr std::string_view kReason[] = {"reason"};
constexpr std::string_view kResult[] = {"result"};
constexpr std::string_view kDatabase[] = {"datname"};
constexpr std::string_view kCollectorAndReason[] = {"collector", "reason"};
constexpr std::string_view kRoleAndVersion[] = {"role", "version"};

enum Family {
  kUp,
  kDown,
  kInfo,
  kConnections,
  kConnects,
  kDatabaseReached,
  kCostShare,
  kCostBudget,
  kSuccess,
  kLastSuccess,
  kDuration,
  kSeries,
  kSuspended,
  kDbSeconds,
  kDuplicates,
  kCircuitOpen,
  kInterval,
  kSlowed,
  kOverflow,
  kSuccessAlias,
  kDurationAlias,
  kFamilyCount
};

struct Row {
  Family id{};
  FamilySpec spec;
};

constexpr std::array<Row, kFamilyCount> kRows{{
    {kUp,
     {"pg_up",
      MetricType::kGauge,
      "Whether the connection that collects reached the server lately.",
      {}}},
    {kDown, {"hakem_target_down", MetricType::kGauge, "1 for the reason why pg_up is 0.", kReason}},
    {kInfo, {"hakem_target_info", MetricType::kGauge, "The server as last seen.", kRoleAndVersion}},
    {kConnections,
     {"hakem_connections", MetricType::kGauge, "Connections to the server, at most 2.", {}}},
    {kConnects,
     {"hakem_connects_total", MetricType::kCounter, "Connection attempts by result.", kResult}},
    {kDatabaseReached,
     {"hakem_database_reached", MetricType::kGauge,
      "Whether the last visit to the database succeeded; of databases besides the home one.",
      kDatabase}},
    {kCostShare,
     {"hakem_database_cost_ratio",
      MetricType::kGauge,
      "Share of one core that the collectors' statements take of the database, averaged.",
      {}}},
    {kCostBudget,
     {"hakem_database_cost_budget_ratio",
      MetricType::kGauge,
      "The share beyond which collectors are slowed; 0: no limit.",
      {}}},
    {kSuccess,
     {"hakem_collector_success", MetricType::kGauge,
      "Whether the collector's last round succeeded.", kCollector}},
    {kLastSuccess,
     {"hakem_collector_last_success_timestamp_seconds", MetricType::kGauge,
      "When the collector last succeeded.", kCollector}},
    {kDuration,
     {"hakem_collector_duration_seconds", MetricType::kGauge,
      "How long the collector's last round took.", kCollector}},
    {kSeries,
     {"hakem_collector_series", MetricType::kGauge,
      "Series that the collector's last success gave.", kCollector}},
    {kSuspended,
     {"hakem_collector_suspended", MetricType::kGauge,
      "1 for a collector that cannot run on this server.", kCollectorAndReason}},
    {kDbSeconds,
     {"hakem_collector_db_seconds_total", MetricType::kCounter,
      "Time that the collector's statements took.", kCollector}},
    {kDuplicates,
     {"hakem_duplicate_series_total", MetricType::kCounter,
      "Samples of a series that the collector had already written in the same round.", kCollector}},
    {kCircuitOpen,
     {"hakem_collector_circuit_open", MetricType::kGauge,
      "1 while the collector fails so often that it runs less often.", kCollector}},
    {kInterval,
     {"hakem_collector_interval_seconds", MetricType::kGauge, "How often the collector runs.",
      kCollector}},
    {kSlowed,
     {"hakem_collector_slowed", MetricType::kGauge,
      "1 while the collector runs less often than its lane, to keep the cost budget.", kCollector}},
    {kOverflow,
     {"hakem_collector_overflow", MetricType::kGauge,
      "Rows, such as tables, beyond the collector's limits, which are summed into \"other\".",
      kCollector}},
    {kSuccessAlias,
     {"pg_scrape_collector_success", MetricType::kGauge,
      "Whether the collector's last round succeeded.", kCollector}},
    {kDurationAlias,
     {"pg_scrape_collector_duration_seconds", MetricType::kGauge,
      "How long the collector's last round took.", kCollector}},
}};

static_assert(std::all_of(kRows.begin(), kRows.end(),
                          [](const Row& row) { return &row == &kRows[row.id]; }),
              "each family has one row, in the order of Family");

consteval std::array<FamilySpec, kFamilyCount> Specs() {
  std::array<FamilySpec, kFamilyCount> specs{};
  std::transform(kRows.begin(), kRows.end(), specs.begin(),
                 [](const Row& row) { return row.spec; });
  return specs;
}

constexpr std::array<FamilySpec, kFamilyCount> kFamilies = Specs();

}  // namespace

std::span<const FamilySpec> TargetFamilies::families() {
  return kFamilies;
}

std::vector<MetricFamily> TargetFamilies::Write(const TargetStatus& status) {
  sink_.Write(kFamilies[kUp], {}, status.up ? 1 : 0);
  for (const DownReason reason : kDownReasons) {
    sink_.Write(kFamilies[kDown], {ToString(reason)}, status.down_reason == reason ? 1 : 0);
  }
  if (status.facts) {
    const std::string version = FormatServerVersion(status.facts->version);
    sink_.Write(kFamilies[kInfo], {status.facts->in_recovery ? "standby" : "primary", version}, 1);
  }
  sink_.Write(kFamilies[kConnections], {}, status.connections);
  for (const auto& [result, count] : status.connects_total) {
    sink_.Write(kFamilies[kConnects], {result}, count);
  }
  for (const DatabaseVisit& visit : status.databases) {
    sink_.Write(kFamilies[kDatabaseReached], {visit.name}, visit.error.empty() ? 1 : 0);
  }
  sink_.Write(kFamilies[kCostShare], {}, status.cost_share);
  sink_.Write(kFamilies[kCostBudget], {}, status.cost_budget);
  for (const CollectorStatus& collector : status.collectors) {
    WriteCollector(collector);
  }
  return sink_.Take();
}

void TargetFamilies::WriteCollector(const CollectorStatus& status) {
  const std::string_view name = status.spec->name;
  if (status.unmet_requirement) {
    sink_.Write(kFamilies[kSuspended], {name, *status.unmet_requirement}, 1);
    return;
  }
  const double success = status.success ? 1 : 0;
  sink_.Write(kFamilies[kSuccess], {name}, success);
  sink_.Write(kFamilies[kSuccessAlias], {name}, success);
  sink_.Write(kFamilies[kDuration], {name}, status.duration_seconds);
  sink_.Write(kFamilies[kDurationAlias], {name}, status.duration_seconds);
  if (status.last_success) {
    sink_.Write(kFamilies[kLastSuccess], {name}, ToUnixSeconds(*status.last_success));
  }
  sink_.Write(kFamilies[kSeries], {name}, static_cast<double>(status.series));
  sink_.Write(kFamilies[kDbSeconds], {name}, status.db_seconds_total);
  sink_.Write(kFamilies[kDuplicates], {name}, static_cast<double>(status.duplicates_total));
  sink_.Write(kFamilies[kCircuitOpen], {name}, status.circuit_open ? 1 : 0);
  sink_.Write(kFamilies[kInterval], {name}, status.interval_seconds);
  sink_.Write(kFamilies[kSlowed], {name}, status.rate_divisor > 1 ? 1 : 0);
  sink_.Write(kFamilies[kOverflow], {name}, static_cast<double>(status.overflow_rows));
}

}  // namespace hakem::exporter

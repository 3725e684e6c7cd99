#include "cli/rules/shipped_catalogue.h"

#include <algorithm>
#include <iterator>

#include "collectors/core/collector.h"
#include "config/thresholds.h"
#include "exporter/scrape/target_families.h"
#include "rules/evaluation/rule_metrics.h"

namespace hakem::cli {
namespace {

using collectors::FamilySpec;
using ruletools::Catalogue;
using ruletools::KnownMetric;

constexpr MetricType kCounter = MetricType::kCounter;
constexpr MetricType kGauge = MetricType::kGauge;

constexpr std::string_view kVersion[] = {"version"};
constexpr std::string_view kDirection[] = {"direction"};
constexpr std::string_view kReason[] = {"reason"};
constexpr std::string_view kRequest[] = {"handler", "code"};
constexpr std::string_view kReceiver[] = {"receiver", "integration"};
constexpr std::string_view kReceiverAndReason[] = {"receiver", "integration", "reason"};
constexpr std::string_view kIntegration[] = {"integration"};
constexpr std::string_view kIntegrationAndReason[] = {"integration", "reason"};

/// A metric about Hakem itself: its process, history, notifications or HTTP server.
struct OwnMetric {
  std::string_view name;
  MetricType type;
  std::span<const std::string_view> labels = {};
};

constexpr OwnMetric kOwn[] = {
    {.name = "alertmanager_notifications_failed_total",
     .type = kCounter,
     .labels = kIntegrationAndReason},
    {.name = "alertmanager_notifications_total", .type = kCounter, .labels = kIntegration},
    {.name = "hakem_build_info", .type = kGauge, .labels = kVersion},
    {.name = "hakem_clock_steps_total", .type = kCounter, .labels = kDirection},
    {.name = "hakem_config_last_reload_success_timestamp_seconds", .type = kGauge},
    {.name = "hakem_config_last_reload_successful", .type = kGauge},
    {.name = "hakem_history_save_failures_total", .type = kCounter},
    {.name = "hakem_history_saved", .type = kGauge},
    {.name = "hakem_history_saved_bytes_total", .type = kCounter},
    {.name = "hakem_http_refused_total", .type = kCounter, .labels = kReason},
    {.name = "hakem_http_requests_total", .type = kCounter, .labels = kRequest},
    {.name = "hakem_notifications_dropped_total", .type = kCounter, .labels = kReceiver},
    {.name = "hakem_notifications_failed_total", .type = kCounter, .labels = kReceiverAndReason},
    {.name = "hakem_notifications_given_up_total", .type = kCounter, .labels = kReceiver},
    {.name = "hakem_notifications_total", .type = kCounter, .labels = kReceiver},
    {.name = "hakem_outbox_pending", .type = kGauge},
    {.name = "hakem_tsdb_bytes", .type = kGauge},
    {.name = "hakem_tsdb_duplicate_samples_total", .type = kCounter},
    {.name = "hakem_tsdb_out_of_order_samples_total", .type = kCounter},
    {.name = "hakem_tsdb_samples_total", .type = kCounter},
    {.name = "hakem_tsdb_series", .type = kGauge},
    {.name = "hakem_web_config_last_reload_successful", .type = kGauge},
    {.name = "process_cpu_seconds_total", .type = kCounter},
    {.name = "process_max_fds", .type = kGauge},
    {.name = "process_open_fds", .type = kGauge},
    {.name = "process_resident_memory_bytes", .type = kGauge},
    {.name = "process_start_time_seconds", .type = kGauge},
    {.name = "process_virtual_memory_bytes", .type = kGauge},
};

/// Hakem alone exports metrics whose names begin so.
constexpr std::string_view kOwnedPrefixes[] = {"game_", "hakem_", "pg_"};

constexpr std::string_view kTargetLabels[] = {"instance", "job", "server"};

/// Series that whoever scrapes or evaluates writes beside those of the pages.
constexpr std::string_view kSynthetic[] = {"ALERTS", "ALERTS_FOR_STATE", "up"};

KnownMetric Known(MetricType type, std::span<const std::string_view> labels) {
  return {.type = type, .labels = ruletools::Names(labels.begin(), labels.end())};
}

/// Metrics with names of the field, such as `process_open_fds`, have other labels elsewhere.
KnownMetric KnownHere(std::string_view name, MetricType type,
                      std::span<const std::string_view> labels) {
  KnownMetric metric = Known(type, labels);
  const auto begins = [name](std::string_view prefix) { return name.starts_with(prefix); };
  if (std::none_of(std::begin(kOwnedPrefixes), std::end(kOwnedPrefixes), begins)) {
    metric.labels.reset();
  }
  return metric;
}

void AddFamilies(Catalogue& catalogue, std::span<const FamilySpec> families) {
  for (const FamilySpec& family : families) {
    const KnownMetric metric = Known(family.type, family.labels);
    if (family.name_is_prefix) {
      catalogue.AddPrefix(family.name, metric);
    } else {
      catalogue.Add(family.name, metric);
    }
  }
}

void AddThresholds(Catalogue& catalogue) {
  KnownMetric metric{.type = kGauge, .labels = ruletools::Names{"name", "game"}};
  for (const config::ThresholdSpec& threshold : config::kThresholds) {
    metric.values["name"].emplace(threshold.name);
  }
  catalogue.Add("hakem_threshold", metric);
}

}  // namespace

Catalogue ShippedCatalogue() {
  Catalogue catalogue;
  for (const collectors::CollectorSpec* collector : collectors::kCollectors) {
    AddFamilies(catalogue, collector->families);
  }
  AddFamilies(catalogue, exporter::TargetFamilies::families());
  for (const OwnMetric& own : kOwn) {
    catalogue.Add(own.name, KnownHere(own.name, own.type, own.labels));
  }
  for (const Instrument* instrument : rules::kRuleMetrics) {
    catalogue.Add(instrument->name,
                  KnownHere(instrument->name, instrument->type, instrument->labels));
  }
  AddThresholds(catalogue);
  for (const std::string_view name : kSynthetic) {
    catalogue.Add(name, {.type = kGauge, .labels = std::nullopt});
  }
  for (const std::string_view prefix : kOwnedPrefixes) {
    catalogue.AddOwnedPrefix(prefix);
  }
  catalogue.AddTargetLabels(kTargetLabels);
  return catalogue;
}

}  // namespace hakem::cli

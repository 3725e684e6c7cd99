// The metrics about rules have the names, types and labels that the page of a Prometheus 3.5 has.

#include "rules/evaluation/rule_metrics.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <set>
#include <string>
#include <vector>

#include "exporter/own_metrics/registry_instruments.h"
#include "rules/rule_set.h"
#include "tests/support/alerting/memory_alert_store.h"
#include "tests/support/fake_clock.h"
#include "tests/support/matchers.h"
#include "tsdb/store/store.h"

namespace hakem::exporter {
namespace {

using ::testing::ElementsAre;

constexpr Timestamp kNow{std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)};

/// Each series once, as `type name{labels}`. Counters of Hakem's own names are left out.
std::vector<std::string> SeriesAboutRules(const RegistryInstruments& instruments) {
  std::set<std::string> texts;
  for (const MetricFamily& family : instruments.Collect()) {
    if (!family.name.starts_with("prometheus_rule_")) {
      continue;
    }
    for (const Sample& sample : family.samples) {
      texts.insert(
          fmt::format("{} {}", ToString(family.type), FormatSeries(sample.series->labels)));
    }
  }
  return {texts.begin(), texts.end()};
}

TEST(RuleMetrics, AreThoseOfPrometheus) {
  RegistryInstruments instruments;
  const FakeClock clock;
  tsdb::Store store;
  MemoryAlertStore alerts;
  auto groups =
      rules::ParseRuleFile("groups: [{name: g, rules: [{record: r, expr: '1'}]}]", "a.yml");
  ASSERT_THAT(groups, IsOk());
  rules::RuleSet rules(*std::move(groups),
                       {.collection_interval = std::chrono::seconds(5), .external_url = ""},
                       {.sink = [](std::span<const Alert>) {},
                        .clock = clock,
                        .instruments = instruments,
                        .log = Log::Silent().For("rules"),
                        .history = &store,
                        .alert_store = &alerts});
  rules.EvaluateAll(store, kNow);
  EXPECT_THAT(
      SeriesAboutRules(instruments),
      ElementsAre(
          "counter prometheus_rule_evaluation_failures_total{rule_group=\"a.yml;g\"}",
          "counter prometheus_rule_evaluations_total{rule_group=\"a.yml;g\"}",
          "counter prometheus_rule_group_iterations_missed_total{rule_group=\"a.yml;g\"}",
          "counter prometheus_rule_group_iterations_total{rule_group=\"a.yml;g\"}",
          "gauge prometheus_rule_group_interval_seconds{rule_group=\"a.yml;g\"}",
          "gauge prometheus_rule_group_last_duration_seconds{rule_group=\"a.yml;g\"}",
          "gauge prometheus_rule_group_last_evaluation_samples{rule_group=\"a.yml;g\"}",
          "gauge prometheus_rule_group_last_evaluation_timestamp_seconds{rule_group=\"a.yml;g\"}",
          "gauge prometheus_rule_group_last_restore_duration_seconds{rule_group=\"a.yml;g\"}",
          "gauge prometheus_rule_group_last_rule_duration_sum_seconds{rule_group=\"a.yml;g\"}",
          "gauge prometheus_rule_group_rules{rule_group=\"a.yml;g\"}",
          "summary prometheus_rule_evaluation_duration_seconds_count",
          "summary prometheus_rule_evaluation_duration_seconds_sum",
          "summary prometheus_rule_evaluation_duration_seconds{quantile=\"0.5\"}",
          "summary prometheus_rule_evaluation_duration_seconds{quantile=\"0.9\"}",
          "summary prometheus_rule_evaluation_duration_seconds{quantile=\"0.99\"}",
          "summary prometheus_rule_group_duration_seconds_count",
          "summary prometheus_rule_group_duration_seconds_sum",
          "summary prometheus_rule_group_duration_seconds{quantile=\"0.01\"}",
          "summary prometheus_rule_group_duration_seconds{quantile=\"0.05\"}",
          "summary prometheus_rule_group_duration_seconds{quantile=\"0.5\"}",
          "summary prometheus_rule_group_duration_seconds{quantile=\"0.9\"}",
          "summary prometheus_rule_group_duration_seconds{quantile=\"0.99\"}"));
}

}  // namespace
}  // namespace hakem::exporter

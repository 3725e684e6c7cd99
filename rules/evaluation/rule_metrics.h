#pragma once

#include <string_view>

#include "model/instruments.h"

namespace hakem::rules {

// Metrics about the evaluation of rules, with Prometheus' names, so that dashboards and alerts
// about a Prometheus work for Hakem too. The label `rule_group` is `file;group`.

inline constexpr std::string_view kGroupLabel[] = {"rule_group"};

inline constexpr SummaryQuantile kEvaluationQuantiles[] = {{0.5, 0.05}, {0.9, 0.01}, {0.99, 0.001}};
inline constexpr SummaryQuantile kGroupQuantiles[] = {
    {0.01, 0.001}, {0.05, 0.005}, {0.5, 0.05}, {0.9, 0.01}, {0.99, 0.001}};

inline constexpr Instrument kEvaluationDuration{
    .name = "prometheus_rule_evaluation_duration_seconds",
    .type = MetricType::kSummary,
    .help = "How long the evaluation of a rule takes.",
    .quantiles = kEvaluationQuantiles};
inline constexpr Instrument kGroupDuration{.name = "prometheus_rule_group_duration_seconds",
                                           .type = MetricType::kSummary,
                                           .help = "How long the evaluation of a group takes.",
                                           .quantiles = kGroupQuantiles};
inline constexpr Instrument kEvaluations{.name = "prometheus_rule_evaluations_total",
                                         .type = MetricType::kCounter,
                                         .help = "Rules evaluated.",
                                         .labels = kGroupLabel};
inline constexpr Instrument kEvaluationFailures{.name = "prometheus_rule_evaluation_failures_total",
                                                .type = MetricType::kCounter,
                                                .help = "Rules whose evaluation failed.",
                                                .labels = kGroupLabel};
inline constexpr Instrument kIterations{.name = "prometheus_rule_group_iterations_total",
                                        .type = MetricType::kCounter,
                                        .help = "Evaluations of the whole group, with missed ones.",
                                        .labels = kGroupLabel};
inline constexpr Instrument kIterationsMissed{
    .name = "prometheus_rule_group_iterations_missed_total",
    .type = MetricType::kCounter,
    .help = "Evaluations left out because the evaluation before took too long.",
    .labels = kGroupLabel};
inline constexpr Instrument kRules{.name = "prometheus_rule_group_rules",
                                   .type = MetricType::kGauge,
                                   .help = "Rules in the group.",
                                   .labels = kGroupLabel};
inline constexpr Instrument kInterval{.name = "prometheus_rule_group_interval_seconds",
                                      .type = MetricType::kGauge,
                                      .help = "How often the group is evaluated.",
                                      .labels = kGroupLabel};
inline constexpr Instrument kLastDuration{.name = "prometheus_rule_group_last_duration_seconds",
                                          .type = MetricType::kGauge,
                                          .help = "How long the last evaluation took.",
                                          .labels = kGroupLabel};
inline constexpr Instrument kLastEvaluation{
    .name = "prometheus_rule_group_last_evaluation_timestamp_seconds",
    .type = MetricType::kGauge,
    .help = "The time of the last evaluation, since 1970.",
    .labels = kGroupLabel};

inline constexpr Instrument kLastRuleDurationSum{
    .name = "prometheus_rule_group_last_rule_duration_sum_seconds",
    .type = MetricType::kGauge,
    .help = "The sum of the times that the rules took in the last evaluation.",
    .labels = kGroupLabel};
inline constexpr Instrument kLastSamples{
    .name = "prometheus_rule_group_last_evaluation_samples",
    .type = MetricType::kGauge,
    .help = "The samples that the rules returned in the last evaluation.",
    .labels = kGroupLabel};
inline constexpr Instrument kLastRestoreDuration{
    .name = "prometheus_rule_group_last_restore_duration_seconds",
    .type = MetricType::kGauge,
    .help = "How long it took to restore the alerts at the start.",
    .labels = kGroupLabel};

// The first two counters again, with Hakem's own names.
inline constexpr Instrument kHakemEvaluations{.name = "hakem_rule_evaluations_total",
                                              .type = MetricType::kCounter,
                                              .help = "Rules evaluated.",
                                              .labels = kGroupLabel};
inline constexpr Instrument kHakemEvaluationFailures{.name = "hakem_rule_evaluation_failures_total",
                                                     .type = MetricType::kCounter,
                                                     .help = "Rules whose evaluation failed.",
                                                     .labels = kGroupLabel};

inline constexpr std::string_view kGroupAndRuleLabels[] = {"rule_group", "rule"};
inline constexpr Instrument kInputMissing{
    .name = "hakem_rule_input_missing",
    .type = MetricType::kGauge,
    .help =
        "1 while a metric that the rule reads has no samples, but had some within the last day.",
    .labels = kGroupAndRuleLabels};

inline constexpr Instrument kLoopFailures{
    .name = "hakem_rule_loop_failures_total",
    .type = MetricType::kCounter,
    .help = "Evaluations that ended by an exception, which is a bug."};

inline constexpr const Instrument* kRuleMetrics[] = {&kEvaluationDuration,
                                                     &kGroupDuration,
                                                     &kEvaluations,
                                                     &kEvaluationFailures,
                                                     &kIterations,
                                                     &kIterationsMissed,
                                                     &kRules,
                                                     &kInterval,
                                                     &kLastDuration,
                                                     &kLastEvaluation,
                                                     &kLastRuleDurationSum,
                                                     &kLastSamples,
                                                     &kLastRestoreDuration,
                                                     &kHakemEvaluations,
                                                     &kHakemEvaluationFailures,
                                                     &kInputMissing,
                                                     &kLoopFailures};

}  // namespace hakem::rules

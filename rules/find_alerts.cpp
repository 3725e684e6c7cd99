#include "rules/find_alerts.h"

#include <fmt/format.h>

#include <variant>

#include "promql/engine.h"

namespace hakem::rules {
namespace {

constexpr std::string_view kAlertNameLabel = "alertname";

/// Applies the rule's labels and annotations to one element. Later labels override earlier ones; an
/// empty value removes a label.
AlertSample Describe(const AlertRule& rule, const Labels& element, double value) {
  const gotemplate::Value variables[] = {&element, value};  // In the order of kTemplateVariables.
  std::vector<Label> labels(element.begin(), element.end());
  labels.push_back({std::string(kMetricNameLabel), ""});
  for (const NamedTemplate& label : rule.labels) {
    labels.push_back({label.name, label.text.Expand(variables)});
  }
  labels.push_back({std::string(kAlertNameLabel), rule.name});
  AlertSample sample{.labels = Labels(labels), .annotations = {}, .value = value};
  for (const NamedTemplate& annotation : rule.annotations) {
    sample.annotations.emplace(annotation.name, annotation.text.Expand(variables));
  }
  return sample;
}

}  // namespace

Result<std::vector<AlertSample>> FindAlerts(const AlertRule& rule, const tsdb::Queryable& samples,
                                            Timestamp now) {
  const Result<promql::Evaluation> evaluation =
      promql::EvaluateInstant(*rule.expr, samples, now, {.features = rule.features});
  if (!evaluation) {
    return Fail(evaluation.error());
  }
  std::vector<AlertSample> alert_samples;
  if (const auto* vector = std::get_if<promql::Vector>(&evaluation->value)) {
    for (const promql::VectorElement& element : *vector) {
      alert_samples.push_back(Describe(rule, element.labels, element.value));
    }
  } else if (const auto* scalar = std::get_if<promql::Scalar>(&evaluation->value)) {
    alert_samples.push_back(Describe(rule, Labels{}, scalar->value));
  } else {
    return Fail(ErrorCode::kInvalidInput, "rule result is not a vector or scalar");
  }
  return alert_samples;
}

}  // namespace hakem::rules

#include "rules/evaluation/find_alerts.h"

#include <fmt/format.h>

#include "promql/engine.h"
#include "rules/evaluation/result_vector.h"
#include "rules/evaluation/template_query.h"
#include "rules/files/alert_template.h"

namespace hakem::rules {
namespace {

constexpr std::string_view kAlertNameLabel = "alertname";

/// The most bytes of the labels and annotations of a rule's alerts: one rule cannot take all
/// memory.
constexpr std::size_t kMostTextBytes = 64U << 20U;

/// Applies the rule's labels and annotations to one element. Later labels override earlier ones; an
/// empty value removes a label.
AlertSample Describe(const AlertRule& rule, const Labels& element, double value,
                     const TemplateContext& context) {
  const AlertExpander expander(rule.name, element, value, context);
  std::vector<Label> labels(element.begin(), element.end());
  labels.push_back({std::string(kMetricNameLabel), ""});
  for (const NamedTemplate& label : rule.labels) {
    labels.push_back({label.name, expander.ExpandLabel(label.text)});
  }
  labels.push_back({std::string(kAlertNameLabel), rule.name});
  AlertSample sample{.labels = Labels(labels), .annotations = {}, .value = value};
  for (const NamedTemplate& annotation : rule.annotations) {
    sample.annotations.emplace(annotation.name, expander.Expand(annotation.text));
  }
  return sample;
}

std::size_t TextBytes(const AlertSample& sample) {
  std::size_t bytes = 0;
  for (const auto& label : sample.labels) {
    bytes += label.name.size() + label.value.size();
  }
  for (const auto& [name, text] : sample.annotations) {
    bytes += name.size() + text.size();
  }
  return bytes;
}

/// Errors: kInvalidInput: the samples have more than kMostTextBytes.
Result<std::vector<AlertSample>> DescribeAll(const AlertRule& rule, const promql::Vector& elements,
                                             const TemplateContext& context) {
  std::vector<AlertSample> samples;
  std::size_t bytes = 0;
  for (const promql::VectorElement& element : elements) {
    samples.push_back(Describe(rule, element.labels, element.value, context));
    bytes += TextBytes(samples.back());
    if (bytes > kMostTextBytes) {
      return Fail(ErrorCode::kInvalidInput,
                  fmt::format("the labels and annotations of its alerts have more than {} MiB",
                              kMostTextBytes >> 20U));
    }
  }
  return samples;
}

}  // namespace

Result<std::vector<AlertSample>> FindAlerts(const AlertRule& rule, const tsdb::Queryable& samples,
                                            const AlertContext& context) {
  const Result<promql::Vector> result =
      ResultVector(promql::EvaluateInstant(*rule.expr, samples, context.time - context.query_offset,
                                           {.default_step = rule.default_step,
                                            .features = rule.features,
                                            .shared = context.shared,
                                            .series_read = context.series_read}));
  if (!result) {
    return Fail(result.error());
  }
  if (result->empty()) {  // As most rules, most of the time.
    return std::vector<AlertSample>();
  }
  const TemplateContext texts{
      .external_labels = context.external_labels,
      .external_url = context.external_url,
      .query = MakeTemplateQuery(samples, context.time,
                                 {.default_step = rule.default_step, .features = rule.features}),
      .now = context.time};
  return DescribeAll(rule, *result, texts);
}

}  // namespace hakem::rules

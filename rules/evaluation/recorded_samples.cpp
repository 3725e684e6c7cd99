#include "rules/evaluation/recorded_samples.h"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "promql/engine.h"
#include "rules/evaluation/result_vector.h"

namespace hakem::rules {
namespace {

/// Returns an element's labels with those of the rule. An empty value removes a label.
Labels LabelsOf(const RecordingRule& rule, const Labels& element) {
  std::vector<LabelView> labels(element.begin(), element.end());
  labels.push_back({kMetricNameLabel, rule.name});
  for (const Label& label : rule.labels) {
    labels.push_back({label.name, label.value});
  }
  return Labels(std::move(labels));
}

Result<void> Check(const RecordingRule& rule, const std::vector<RuleSample>& samples) {
  LabelsSet seen;
  for (const RuleSample& sample : samples) {
    if (!seen.insert(sample.labels).second) {
      return Fail(
          ErrorCode::kInvalidInput,
          fmt::format(
              "vector contains metrics with the same labelset after applying rule labels: {}",
              FormatSeries(sample.labels)));
    }
  }
  if (rule.limit > 0 && samples.size() > static_cast<std::uint64_t>(rule.limit)) {
    return Fail(ErrorCode::kInvalidInput,
                fmt::format("exceeded limit of {} with {} series", rule.limit, samples.size()));
  }
  return {};
}

}  // namespace

Result<std::vector<RuleSample>> RecordedSamples(const RecordingRule& rule,
                                                const tsdb::Queryable& samples, Timestamp now,
                                                promql::SharedValues* shared,
                                                std::size_t* series_read) {
  const Result<promql::Vector> result =
      ResultVector(promql::EvaluateInstant(*rule.expr, samples, now,
                                           {.default_step = rule.default_step,
                                            .features = rule.features,
                                            .shared = shared,
                                            .series_read = series_read}));
  if (!result) {
    return Fail(result.error());
  }
  std::vector<RuleSample> recorded;
  recorded.reserve(result->size());
  for (const promql::VectorElement& element : *result) {
    recorded.push_back({LabelsOf(rule, element.labels), element.value});
  }
  if (const Result<void> checked = Check(rule, recorded); !checked) {
    return Fail(checked.error());
  }
  return recorded;
}

}  // namespace hakem::rules

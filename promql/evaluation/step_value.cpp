#include "promql/evaluation/step_value.h"

#include <algorithm>

#include "promql/evaluation/label_groups.h"
#include "promql/syntax/query_error.h"

namespace hakem::promql {
namespace {

std::size_t FirstStepWithValue(const StepSeries& series) {
  const auto first = std::find_if_not(series.values.begin(), series.values.end(), IsGap);
  return static_cast<std::size_t>(first - series.values.begin());
}

void MergeInto(StepSeries& target, const StepSeries& source) {
  if (target.drop_name != source.drop_name &&
      FirstStepWithValue(source) < FirstStepWithValue(target)) {
    target.drop_name = source.drop_name;
  }
  for (std::size_t step = 0; step < source.values.size(); ++step) {
    if (IsGap(source.values[step])) {
      continue;
    }
    if (!IsGap(target.values[step])) {
      ThrowQueryError(ErrorCode::kInvalidInput,
                      "vector cannot contain metrics with the same labelset");
    }
    target.values[step] = source.values[step];
  }
}

}  // namespace

bool HasValue(const StepSeries& series) {
  return FirstStepWithValue(series) < series.values.size();
}

const std::vector<std::string>& MetricNameLabels() {
  static const std::vector<std::string> names{std::string(kMetricNameLabel), "__type__",
                                              "__unit__"};
  return names;
}

Labels DropMetricName(const Labels& labels) {
  return labels.Without(MetricNameLabels());
}

bool HaveSameName(const StepVector& vector) {
  return vector.empty() || std::all_of(vector.begin(), vector.end(), [&](const StepSeries& series) {
           return std::all_of(MetricNameLabels().begin(), MetricNameLabels().end(),
                              [&](const std::string& name) {
                                return series.labels.Get(name) == vector.front().labels.Get(name);
                              });
         });
}

void MergeSameLabels(StepVector& vector) {
  LabelGroups groups(LabelSelection::All());
  std::size_t kept = 0;
  for (std::size_t i = 0; i < vector.size(); ++i) {
    const std::size_t group = groups.Add(vector[i].labels);
    if (group < kept) {
      MergeInto(vector[group], vector[i]);
      continue;
    }
    if (kept != i) {
      vector[kept] = std::move(vector[i]);
    }
    ++kept;
  }
  vector.resize(kept);
}

}  // namespace hakem::promql

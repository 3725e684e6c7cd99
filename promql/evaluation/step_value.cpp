#include "promql/evaluation/step_value.h"

#include <unordered_map>

#include "promql/abandon.h"

namespace hakem::promql {
namespace {

void MergeInto(StepSeries& target, const StepSeries& source) {
  for (std::size_t step = 0; step < source.values.size(); ++step) {
    if (IsGap(source.values[step])) {
      continue;
    }
    if (!IsGap(target.values[step])) {
      Abandon(ErrorCode::kInvalidInput, "vector cannot contain metrics with the same labelset");
    }
    target.values[step] = source.values[step];
  }
}

}  // namespace

Labels DropMetricName(const Labels& labels) {
  static const std::vector<std::string> kDropped{std::string(kMetricNameLabel), "__type__",
                                                 "__unit__"};
  return labels.Without(kDropped);
}

void MergeSameLabels(StepVector& vector) {
  std::unordered_map<std::uint64_t, std::vector<std::size_t>> by_hash;
  by_hash.reserve(vector.size());
  std::size_t kept = 0;
  for (std::size_t i = 0; i < vector.size(); ++i) {
    std::vector<std::size_t>& same_hash = by_hash[vector[i].labels.hash()];
    bool merged = false;
    for (const std::size_t earlier : same_hash) {
      if (vector[earlier].labels == vector[i].labels) {
        MergeInto(vector[earlier], vector[i]);
        merged = true;
      }
    }
    if (!merged) {
      same_hash.push_back(kept);
      if (kept != i) {
        vector[kept] = std::move(vector[i]);
      }
      ++kept;
    }
  }
  vector.resize(kept);
}

}  // namespace hakem::promql

#include "promql/evaluation/sample_counter.h"

#include <numeric>

namespace hakem::promql {

void SampleCounter::AddFound(const StepVector& found) {
  for (const StepSeries& series : found) {
    for (std::size_t step = 0; step < per_step_.size(); ++step) {
      per_step_[step] += IsGap(series.values[step]) ? 0U : 1U;
    }
  }
}

void SampleCounter::AddAtEachStep(const SampleCounter& other) {
  for (std::uint64_t& samples : per_step_) {
    samples += other.Total();
  }
}

void SampleCounter::AddAtLastStep(const SampleCounter& other) {
  if (!per_step_.empty()) {
    per_step_.back() += other.Total();
  }
}

std::uint64_t SampleCounter::Total() const {
  return std::accumulate(per_step_.begin(), per_step_.end(), std::uint64_t{0});
}

}  // namespace hakem::promql

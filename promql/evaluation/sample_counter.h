#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "promql/evaluation/step_value.h"

namespace hakem::promql {

/// Counts the samples that an evaluation looks at, for each of its steps, as Prometheus does: the
/// values that selectors find, and the sizes of the windows that functions see. Nothing when it is
/// not wanted.
class SampleCounter {
 public:
  SampleCounter(bool wanted, std::size_t steps) : per_step_(wanted ? steps : 0) {}

  void AddFound(const StepVector& found);

  void AddAtStep(std::size_t step, std::size_t samples) {
    if (!per_step_.empty()) {
      per_step_[step] += samples;
    }
  }

  /// What an evaluation for one step looked at, of which all steps have the value.
  void AddAtEachStep(const SampleCounter& other);

  /// What the evaluation within a subquery looked at: it counts at the last step, as a whole.
  void AddAtLastStep(const SampleCounter& other);

  /// Empty when it is not wanted.
  const std::vector<std::uint64_t>& per_step() const { return per_step_; }

 private:
  std::uint64_t Total() const;

  std::vector<std::uint64_t> per_step_;
};

}  // namespace hakem::promql

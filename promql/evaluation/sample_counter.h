#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "promql/evaluation/step_value.h"

namespace hakem::promql {

/// Counts the samples that an evaluation reads at each step, as Prometheus does: the values that
/// selectors return and the sizes of the windows that functions read. Does nothing unless it is
/// wanted.
class SampleCounter {
 public:
  SampleCounter(bool wanted, std::size_t steps) : per_step_(wanted ? steps : 0) {}

  void AddFound(const StepVector& found);

  void AddAtStep(std::size_t step, std::size_t samples) {
    if (!per_step_.empty()) {
      per_step_[step] += samples;
    }
  }

  /// Adds the samples of an evaluation that was done once, and whose value all steps share.
  void AddAtEachStep(const SampleCounter& other);

  /// Adds all samples of the evaluation inside a subquery to the last step.
  void AddAtLastStep(const SampleCounter& other);

  /// Empty unless wanted.
  const std::vector<std::uint64_t>& per_step() const { return per_step_; }

 private:
  std::uint64_t Total() const;

  std::vector<std::uint64_t> per_step_;
};

}  // namespace hakem::promql

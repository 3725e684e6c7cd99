#include "rules/evaluation/evaluation_log.h"

#include <utility>

#include "format/utf8.h"

namespace hakem::rules {

void EvaluationLog::Add(RuleEvaluation evaluation) {
  evaluation.error = Cut(evaluation.error, kLongestError);
  const MutexLock lock(mutex_);
  if (ring_.size() < kKept) {
    ring_.reserve(kKept);
    ring_.push_back(std::move(evaluation));
    return;
  }
  ring_[next_] = std::move(evaluation);
  next_ = (next_ + 1) % kKept;
}

void EvaluationLog::MoveTimes(Duration step) {
  const MutexLock lock(mutex_);
  for (RuleEvaluation& evaluation : ring_) {
    evaluation.time += step;
  }
}

std::vector<RuleEvaluation> EvaluationLog::List() const {
  const MutexLock lock(mutex_);
  std::vector<RuleEvaluation> newest_first;
  newest_first.reserve(ring_.size());
  for (std::size_t age = 1; age <= ring_.size(); ++age) {
    newest_first.push_back(ring_[(next_ + ring_.size() - age) % ring_.size()]);
  }
  return newest_first;
}

}  // namespace hakem::rules

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/instruments.h"
#include "model/time.h"
#include "rules/evaluation/evaluation_log.h"
#include "rules/files/rule_file.h"

namespace hakem::rules {

/// What the evaluations of all rules of a group add up to.
struct EvaluationTotals {
  std::vector<double> durations = {};  ///< How long each rule took, in seconds.
  std::size_t failures = 0;
  std::size_t samples = 0;
};

/// The metrics about one group.
class GroupMetrics {
 public:
  /// Makes those that are there before the first evaluation. `instruments` outlives it.
  GroupMetrics(const RuleGroup& group, Duration interval, Instruments& instruments);

  /// Counts an evaluation of all rules as of `time`, which took `duration`.
  void Count(const EvaluationTotals& totals, Timestamp time, Seconds duration) const;

  /// Counts evaluations that were left out.
  void CountMissed(std::int64_t count) const;

  /// Sets whether a rule reads a metric that has ended.
  void SetInputMissing(std::string_view rule, bool is_missing) const;

  /// Sets how long it took to restore the alerts after a restart.
  void SetRestoreDuration(Seconds duration) const;

  /// Removes what is about these rules, because the group no longer has any of their names.
  void RemoveRules(std::span<const std::string> names) const;

  /// Removes all metrics of the group, because it is gone.
  void Remove(const std::vector<Rule>& rules) const;

  /// `file;group`, the label of the metrics.
  const std::string& key() const { return key_; }

 private:
  const std::string key_;
  Instruments& instruments_;
};

}  // namespace hakem::rules

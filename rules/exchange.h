#pragma once

#include <string>
#include <vector>

#include "model/alert.h"
#include "model/time.h"
#include "rules/evaluation/series_writer.h"
#include "rules/group_continuation.h"
#include "rules/rule_version.h"
#include "rules/scheduled_group.h"

namespace hakem::rules {

/// The series of a group that is gone. They end later: by then, a group with a new name may have
/// continued them.
struct EndedSeries {
  LabelsSet series;
  Timestamp time;  ///< The time of the stale markers.
  Timestamp due;   ///< When they are written.
};

/// What changes when one version of the rules takes the place of another. No group of either is
/// evaluated from Plan to the end of Save.
class Exchange {
 public:
  /// Plans the exchange as of `now`; both versions outlive it. An exception changes nothing.
  static Exchange Plan(RuleVersion& current, RuleVersion& next, Timestamp now);

  /// Makes room for what Apply appends.
  void Reserve(std::vector<Alert>& unsent, std::vector<EndedSeries>& ended) const;

  /// Makes the groups of the next version continue those of the current one. Appends what receivers
  /// must be notified of and the series that end. A new group without an interval is due as of
  /// `collected`, the last collection. Requires: Reserve was called.
  void Apply(Timestamp collected, std::vector<Alert>& unsent,
             std::vector<EndedSeries>& ended) noexcept;

  /// Saves the alerts after the exchange, and deletes those of groups that are gone. Removes the
  /// metrics of rules that continued groups no longer have.
  void Save(Timestamp now) const;

  /// The groups of the next version that have an earlier version.
  std::vector<ScheduledGroup*> Continued() const;

  /// The groups that no longer exist.
  const std::vector<ScheduledGroup*>& gone() const { return gone_; }

 private:
  /// A group that both versions have.
  struct Pair {
    ScheduledGroup* next;
    ScheduledGroup* before;
    std::vector<std::string> removed_rules;
    Continuation plan;
  };

  void PlanRemoval(ScheduledGroup& gone, Timestamp now);

  std::vector<Pair> continued_;
  std::vector<ScheduledGroup*> added_;
  std::vector<ScheduledGroup*> gone_;
  std::vector<Alert> changes_;
  std::vector<EndedSeries> ended_;
};

}  // namespace hakem::rules

#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "model/alert.h"
#include "model/log.h"
#include "model/time.h"
#include "rules/alerts/alert_state.h"
#include "rules/evaluation/receiver_alerts.h"
#include "rules/evaluation/series_writer.h"
#include "rules/files/rule_file.h"
#include "rules/group_state.h"

namespace hakem::rules {

/// A group as one version of the rule files defines it, with its state.
struct GroupVersion {
  const RuleGroup& definition;
  const ReceiverAlerts& receivers;
  const GroupState& state;
};

/// What a group takes over from its earlier version.
struct Continuation {
  /// A rule that both versions have: of the same kind, name and labels.
  struct ContinuedRule {
    std::size_t index;
    std::size_t index_before;
    bool has_same_query;
    ActiveAlerts alerts;
  };

  std::vector<ContinuedRule> rules = {};
  std::vector<std::string> removed_names = {};  ///< Names that no rule has any longer.
  LabelsSet removed_series = {};                ///< Those of other rules; they end.
  std::vector<Alert> changes = {};              ///< What receivers must be notified of.
};

/// Returns what `next` will take over from `before` at `now`. The firing alerts of rules that are
/// gone are resolved, which `log` reports. Firing alerts whose labels for receivers have changed
/// are resolved under the labels that receivers know, and fire under the new ones.
Continuation PlanToContinue(const GroupVersion& before, const GroupVersion& next, Timestamp now,
                            const Logger& log);

/// Makes the state of the new version what was planned. Neither version has been evaluated since.
void Continue(GroupState& before, GroupState& next, Continuation plan) noexcept;

/// Returns the firing alerts of a group as resolved at `now`, because it is gone; `log` reports
/// each.
std::vector<Alert> ResolveAll(const GroupVersion& gone, Timestamp now, const Logger& log);

/// Appends the restored alerts of a group that are firing or were resolved shortly before, since
/// receivers may not have been notified of it. Those whose labels for receivers have changed are
/// also resolved, at `now`, under the labels that receivers know. Marks all of them as sent.
void PassOnRestored(const RuleGroup& definition, const ReceiverAlerts& receivers, GroupState& state,
                    Timestamp now, std::vector<Alert>& alerts);

}  // namespace hakem::rules

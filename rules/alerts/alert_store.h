#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/labels.h"
#include "model/result.h"
#include "model/time.h"
#include "rules/alerts/alert_state.h"

namespace hakem::rules {

/// An alert with the rule to which it belongs.
struct StoredAlert {
  std::string rule;  ///< The key of the rule: group, name and labels.
  ActiveAlert alert;
};

/// All alerts that were saved, and when their groups were last evaluated.
struct StoredAlerts {
  std::vector<StoredAlert> alerts;
  std::vector<std::pair<std::string, Timestamp>> groups;  ///< Keys of groups, with the times.
};

/// A change of one alert in an evaluation.
struct AlertChange {
  std::string_view rule;  ///< The key of the rule.
  const Labels& labels;
  const ActiveAlert* alert;  ///< After the change; null when the alert is forgotten.
  bool is_transition;        ///< Whether its state changed, and not only one of its times.
};

/// Stores the alerts of all rules, so that they survive a restart of Hakem, and a journal of their
/// transitions. Thread-safe.
class AlertStore {
 public:
  virtual ~AlertStore() = default;

  /// Errors: kUnavailable, kInternal: the store cannot be read. Unless a later call succeeds, the
  /// next change deletes what was saved before: else it would come back after another restart.
  virtual Result<StoredAlerts> Load() = 0;

  /// Saves the changes of one evaluation of a group as of `time` atomically. They are durable on
  /// return, even if the process is killed then. Errors: kUnavailable, kInternal: the store cannot
  /// be written; nothing has changed.
  virtual Result<void> Save(std::string_view group, Timestamp time,
                            std::span<const AlertChange> changes) = 0;

  /// Deletes groups that are gone, and saves the last changes of their alerts as of `time`, all or
  /// nothing. Errors: as Save.
  virtual Result<void> DeleteGroups(std::span<const std::string> groups, Timestamp time,
                                    std::span<const AlertChange> changes) = 0;
};

}  // namespace hakem::rules

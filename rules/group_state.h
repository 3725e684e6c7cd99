#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/alert.h"
#include "model/time.h"
#include "rules/alerts/alert_journal.h"
#include "rules/alerts/alert_state.h"
#include "rules/alerts/input_window.h"
#include "rules/evaluation/evaluation_log.h"
#include "rules/evaluation/failure_log.h"
#include "rules/evaluation/series_writer.h"
#include "rules/status.h"

namespace hakem::rules {

/// What is known about a rule besides its definition.
struct RuleState {
  std::string key = {};          ///< Identifies the rule, also in the store.
  InputWindows windows = {};     ///< Those of its expression.
  bool may_read_alerts = false;  ///< Whether it may read ALERTS or ALERTS_FOR_STATE.
  ActiveAlerts alerts = {};      ///< Empty for a recording rule.
  SeriesWriter series = {};
  RuleHealth health = RuleHealth::kUnknown;
  std::string last_error = {};
  FailureLog failures = {};
  Seconds evaluation_time{0};
  std::optional<Timestamp> last_evaluation = {};
  std::shared_ptr<EvaluationLog> evaluations = std::make_shared<EvaluationLog>();
};

/// What is known about a group besides its definition.
struct GroupState {
  std::vector<RuleState> rules;  ///< One for each rule of the definition, in the same order.
  AlertJournal journal = {};
  std::vector<Alert> unsent = {};  ///< What receivers have not been notified of, oldest first.
  /// After a restart, until the next evaluation: when the group was last evaluated.
  std::optional<Timestamp> before_outage = {};
  LabelsSet removed_series = {};  ///< Series of rules that a reload has removed.
  Seconds evaluation_time{0};
  std::optional<Timestamp> last_evaluation = {};
};

}  // namespace hakem::rules

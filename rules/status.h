#pragma once

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/time.h"
#include "rules/alerts/alert_state.h"
#include "rules/evaluation/evaluation_log.h"

namespace hakem::rules {

enum class RuleHealth {
  kUnknown,  ///< Not evaluated yet, or left out.
  kOk,
  kError,
};

/// "unknown", "ok" or "err", the words of Prometheus' API.
constexpr std::string_view ToString(RuleHealth health) {
  switch (health) {
    case RuleHealth::kUnknown:
      return "unknown";
    case RuleHealth::kOk:
      return "ok";
    case RuleHealth::kError:
      return "err";
  }
  return "unknown";
}

enum class RuleKind { kAlerting, kRecording };

/// A rule and its state.
struct RuleStatus {
  RuleKind kind = RuleKind::kAlerting;
  std::string name;
  std::string query;                          ///< The expression in canonical form.
  AlertPolicy policy;                         ///< Only an alerting rule has one.
  std::map<std::string, std::string> labels;  ///< Templates are not expanded.
  Annotations annotations;                    ///< Templates are not expanded.
  std::vector<ActiveAlert> alerts;            ///< Pending and firing ones, sorted by labels.
  RuleHealth health = RuleHealth::kUnknown;
  /// Why the last evaluation failed or, if health is kUnknown, why the rule is left out; else "".
  std::string last_error;
  Seconds evaluation_time{0};  ///< How long the last evaluation took.
  std::optional<Timestamp> last_evaluation;
  /// The last evaluations: also those after this status, as the log goes on. Null: not known.
  std::shared_ptr<const EvaluationLog> evaluations = {};

  /// The most severe state of its alerts: firing, else pending, else inactive.
  AlertState state() const {
    AlertState furthest = AlertState::kInactive;
    for (const ActiveAlert& alert : alerts) {
      furthest = std::max(furthest, alert.state);
    }
    return furthest;
  }
};

struct GroupStatus {
  std::string name;
  std::string file;
  Duration interval{};  ///< How often it is evaluated.
  std::int64_t limit = 0;
  std::vector<RuleStatus> rules;
  Duration query_offset{0};  ///< How far before an evaluation's time the expressions are evaluated.
  Seconds evaluation_time{0};
  std::optional<Timestamp> last_evaluation;
};

/// The status of each group, none of them null. Those of groups that have not been evaluated since
/// are shared with earlier versions.
using GroupStatuses = std::vector<std::shared_ptr<const GroupStatus>>;

/// All rules after an evaluation: what the API and the pages show.
struct RulesStatus {
  GroupStatuses groups;
};

}  // namespace hakem::rules

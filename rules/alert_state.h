#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/labels.h"
#include "model/result.h"
#include "model/time.h"

namespace hakem::rules {

using Annotations = std::map<std::string, std::string>;

enum class AlertState {
  kInactive,  ///< Resolved; still known for kResolvedRetention.
  kPending,   ///< The expression has a result, but not yet for as long as `for` asks.
  kFiring,
};

/// "inactive", "pending", "firing"
std::string_view ToString(AlertState state);

/// How long a resolved alert stays known.
inline constexpr Duration kResolvedRetention = std::chrono::minutes(15);

/// What a rule says about when its alerts fire and end.
struct AlertPolicy {
  Duration hold{0};             ///< `for`: how long pending comes before firing.
  Duration keep_firing_for{0};  ///< How long an alert goes on firing without a result.
  std::int64_t limit = 0;       ///< Most alerts, pending and firing; 0 is no limit.
};

/// One element of an expression's result, the rule's labels and annotations applied.
struct AlertSample {
  Labels labels;
  Annotations annotations;
  double value = 0;
};

/// An alert that a rule knows. Every instant is the time of an evaluation.
struct ActiveAlert {
  Labels labels;
  Annotations annotations;  ///< Of the last evaluation that found it.
  double value = 0;         ///< Of the last evaluation that found it.
  AlertState state = AlertState::kPending;
  Timestamp active_at{};                       ///< When it was found first.
  std::optional<Timestamp> fired_at;           ///< When it began to fire, if it did.
  std::optional<Timestamp> keep_firing_since;  ///< When its result went while it goes on firing.
  std::optional<Timestamp> resolved_at;        ///< Set when inactive.
};

using ActiveAlerts = std::map<Labels, ActiveAlert>;

/// A change that somebody should be told.
struct AlertEvent {
  enum class Kind { kFiring, kResolved };
  Kind kind;
  ActiveAlert alert;  ///< As it is after the change; fired_at is set.
};

/// What one evaluation makes of a rule's alerts.
struct Transition {
  ActiveAlerts alerts;
  std::vector<AlertEvent> events = {};  ///< Each alert at most once.
  std::optional<Error> error = {};      ///< Why the evaluation failed, if it did.
};

/// One evaluation of an alerting rule, as Prometheus' rules/alerting.go has it. A failed query, or
/// two findings with one label set, freeze everything. More alerts than the limit end all of them.
///
/// Unlike Prometheus, which stops sending and leaves it to Alertmanager to time them out, firing
/// alerts that the limit ends, or that a longer `for` sends back to pending, are told as resolved.
Transition NextState(const AlertPolicy& policy, ActiveAlerts previous,
                     const Result<std::vector<AlertSample>>& result, Timestamp now);

}  // namespace hakem::rules

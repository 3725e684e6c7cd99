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
  kInactive,  ///< Resolved; kept for kResolvedRetention.
  kPending,   ///< The expression has a result, but for less time than `for`.
  kFiring,
};

/// "inactive", "pending", "firing"
std::string_view ToString(AlertState state);

/// How long a resolved alert is kept.
inline constexpr Duration kResolvedRetention = std::chrono::minutes(15);

/// When the alerts of a rule fire and end.
struct AlertPolicy {
  Duration hold{0};             ///< `for`: how long an alert is pending before it fires.
  Duration keep_firing_for{0};  ///< How long an alert fires after its result ended.
  std::int64_t limit = 0;       ///< At most so many alerts, pending and firing; 0: no limit.
};

/// One element of an expression's result, with the labels and annotations of the rule.
struct AlertSample {
  Labels labels;
  Annotations annotations;
  double value = 0;
};

/// An alert as receivers were notified of it.
struct SentAlert {
  Labels labels;              ///< With the external labels. They identify it.
  std::string generator_url;  ///< Address of the page that shows the expression.

  bool operator==(const SentAlert&) const = default;
};

/// An alert of a rule. All its timestamps are times of evaluations.
struct ActiveAlert {
  Labels labels;
  Annotations annotations;  ///< From the last evaluation whose result had the alert.
  double value = 0;         ///< From the same evaluation.
  AlertState state = AlertState::kPending;
  Timestamp active_at{};              ///< When it was first in a result.
  std::optional<Timestamp> fired_at;  ///< When it began to fire; empty if it never did.
  std::optional<Timestamp>
      keep_firing_since;                 ///< Set while it fires without a result: when that began.
  std::optional<Timestamp> resolved_at;  ///< Set while it is inactive.
  /// After a restart, while samples may be missing: before that time, it is not resolved because it
  /// has no result.
  std::optional<Timestamp> kept_until = {};
  std::optional<SentAlert> sent = {};  ///< Set once it was passed on as firing.
};

using ActiveAlerts = std::map<Labels, ActiveAlert>;

/// A change of an alert that receivers are notified of.
struct AlertEvent {
  enum class Kind { kFiring, kResolved };
  Kind kind = Kind::kFiring;
  ActiveAlert alert;  ///< After the change; fired_at is set.
};

/// The result of one evaluation of an alerting rule.
struct Transition {
  ActiveAlerts alerts;
  std::vector<AlertEvent> events = {};  ///< At most one per alert.
  std::optional<Error> error = {};      ///< Why the evaluation failed.
};

/// Computes the alerts of a rule after an evaluation, like Prometheus' rules/alerting.go. If the
/// query failed, or if two samples have the same labels, all alerts stay as they are. If there are
/// more alerts than the limit, all of them end. Pure.
///
/// One difference from Prometheus, which just stops sending and lets Alertmanager time alerts out:
/// firing alerts that end because of the limit, or that a longer `for` makes pending again, become
/// resolved events.
Transition NextState(const AlertPolicy& policy, ActiveAlerts previous,
                     const Result<std::vector<AlertSample>>& result, Timestamp now);

}  // namespace hakem::rules

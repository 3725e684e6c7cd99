#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "model/labels.h"
#include "model/result.h"
#include "model/time.h"
#include "rules/alert_state.h"
#include "rules/alert_store.h"

namespace hakem::rules {

/// Saves the alerts of one group: what has changed since they were last saved. Used by one thread at
/// a time.
class AlertJournal {
 public:
  /// The alerts of one rule.
  struct RuleAlerts {
    std::string_view rule;  ///< The key of the rule.
    const ActiveAlerts& alerts;
  };

  /// The alerts of a rule as they are in the store.
  void SetSaved(std::string_view rule, const ActiveAlerts& alerts);

  /// Saves an evaluation of all rules of the group as of `time`. Writes nothing if no alert changed
  /// and none is pending: only pending alerts need the time. Alerts of a rule that is not given are
  /// deleted. Errors: those of the store; the next call saves these changes too.
  Result<void> Save(AlertStore& store, std::string_view group, Timestamp time,
                    std::span<const RuleAlerts> rules);

 private:
  /// What is saved of an alert that may change while it is active.
  struct Lifetime {
    explicit Lifetime(const ActiveAlert& alert);

    bool operator==(const Lifetime&) const = default;

    AlertState state;
    Timestamp active_at;
    std::optional<Timestamp> fired_at;
    std::optional<Timestamp> keep_firing_since;
    std::optional<Timestamp> resolved_at;
  };

  using Lifetimes = std::map<Labels, Lifetime>;

  static Lifetimes LifetimesOf(const ActiveAlerts& alerts);

  std::map<std::string, Lifetimes, std::less<>> saved_;  ///< By rule; none is empty.
};

}  // namespace hakem::rules

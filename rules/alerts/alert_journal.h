#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/labels.h"
#include "model/result.h"
#include "model/time.h"
#include "rules/alerts/alert_state.h"
#include "rules/alerts/alert_store.h"

namespace hakem::rules {

/// While alerts are firing and none is pending, the time of an evaluation is saved only as often.
inline constexpr Duration kLongestUnsaved = std::chrono::seconds(15);

/// Saves the alerts of one group: what has changed since they were last saved. Used by one thread
/// at a time.
class AlertJournal {
 public:
  /// The alerts of one rule.
  struct RuleAlerts {
    std::string_view rule;  ///< The key of the rule.
    const ActiveAlerts& alerts;
  };

  /// Deletes the group, and all its alerts. Errors: those of the store.
  Result<void> Delete(AlertStore& store, const std::string& group, Timestamp time);

  /// The alerts of a rule as they are in the store.
  void SetSaved(std::string_view rule, const ActiveAlerts& alerts);

  /// Saves an evaluation of all rules of the group as of `time`. Without a change, it saves the
  /// time at each evaluation if an alert is pending, else every kLongestUnsaved if one is firing,
  /// since it shows after a restart how long Hakem was down. Alerts of a rule that is not given are
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
    std::optional<Timestamp> kept_until;
    Labels sent_labels;  ///< Empty if it was never passed on.
  };

  using Lifetimes = std::map<Labels, Lifetime>;
  using Rules = std::map<std::string, Lifetimes, std::less<>>;  ///< By key; none is empty.

  bool NeedsTime(Timestamp time, std::span<const RuleAlerts> rules);
  static Lifetimes LifetimesOf(const ActiveAlerts& alerts);
  static void AddChanged(const RuleAlerts& rule, const Lifetimes* before, const Lifetimes& now,
                         std::vector<AlertChange>& changes);
  void AddForgotten(const Rules& now, std::vector<AlertChange>& changes) const;

  Rules saved_;
  std::optional<Timestamp> saved_time_;
};

}  // namespace hakem::rules

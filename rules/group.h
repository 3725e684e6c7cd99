#pragma once

#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "model/alert.h"
#include "model/clock.h"
#include "model/instruments.h"
#include "model/log.h"
#include "promql/evaluation/shared_values.h"
#include "rules/alerts/alert_store.h"
#include "rules/evaluation/receiver_alerts.h"
#include "rules/evaluation/rule_inputs.h"
#include "rules/files/rule_file.h"
#include "rules/group_continuation.h"
#include "rules/group_metrics.h"
#include "rules/group_state.h"
#include "rules/status.h"
#include "tsdb/series/queryable.h"
#include "tsdb/store/store.h"

namespace hakem::rules {

/// The longest that an evaluation of one rule may take, with all its templates.
inline constexpr Duration kLongestEvaluation = std::chrono::minutes(2);

/// Whether it is known that no watched server has this extension of PostgreSQL. Thread-safe. Empty:
/// it is not known of any extension.
using LacksExtension = std::function<bool(std::string_view extension)>;

/// A group of rules with the state of each. Used by one thread at a time.
class Group {
 public:
  struct Deps {
    const Clock& clock;  ///< For measuring durations.
    Instruments& instruments;
    Logger log;
    tsdb::Store* history;      ///< Gets the samples of the rules; null: they are not stored.
    std::string external_url;  ///< URL of Hakem's pages, without a final slash.
    AlertStore* alert_store = nullptr;  ///< Gets the alerts; null: a restart forgets them.
    LacksExtension lacks_extension = {};
  };

  /// `interval`: how often the group is evaluated, to be shown.
  Group(RuleGroup definition, Duration interval, Deps deps);

  /// Evaluates the rules in order as of `time`. Each reads the samples at that time, or earlier by
  /// the group's query_offset, and what it records has the same time. The alerts that begin to fire
  /// or are resolved are saved, and are in unsent() then. The alerts of a rule that fails, also by
  /// an exception, stay as they are. A rule without alerts that needs an extension which no server
  /// has is left out: its health is unknown, and its last error says why. `shared`: values that
  /// rules of other groups need too, or null. Once `stop` is requested, it ends early: the rules
  /// that are left are not evaluated, and it counts as missed. Returns whether it was not stopped.
  bool Evaluate(const tsdb::Queryable& samples, Timestamp time,
                promql::SharedValues* shared = nullptr, const std::stop_token& stop = {});

  /// What evaluations have led to and receivers have not been notified of, oldest first.
  const std::vector<Alert>& unsent() const { return state_.unsent; }

  /// Receivers are notified of all of them.
  void MarkSent() { state_.unsent.clear(); }

  /// Moves all times from which durations are measured by a step of the clock. Times that receivers
  /// were notified of stay: they identify the incident. A step ahead leaves a gap in the samples:
  /// firing alerts whose results may be missing only because of it are kept.
  void MoveTimes(Duration step);

  /// Returns what this group will take over from `before`, its earlier version, at `now`: see
  /// rules::PlanToContinue.
  Continuation PlanToContinue(const Group& before, Timestamp now) const;

  /// Takes over what was planned. `before` and this group have not been evaluated since.
  void Continue(Group& before, Continuation plan) noexcept;

  /// Takes the alerts of this group's rules, and what is known of the group, out of what was saved
  /// before a restart.
  void Restore(StoredAlerts& stored);

  /// Appends what receivers must be notified of after a restart: see rules::PassOnRestored.
  void PassOnRestored(Timestamp now, std::vector<Alert>& alerts);

  /// Returns the firing alerts as resolved at `now`, because the group is gone.
  std::vector<Alert> Resolve(Timestamp now) const;

  /// Deletes what is saved of the group, because it is gone at `time`.
  void DeleteSaved(Timestamp time);

  /// Saves the alerts as they are at `time`.
  void SaveAlerts(Timestamp time);

  /// Returns the series that the rules have written in their last evaluations.
  LabelsSet Series() const;

  GroupStatus Status() const;

  /// Counts evaluations that were left out.
  void CountMissed(std::int64_t count);

  /// Removes the metrics about rules of the earlier version that the group no longer has.
  void RemoveMetricsOf(std::span<const std::string> rules) { metrics_.RemoveRules(rules); }

  /// Removes the metrics about this group, because the group is gone.
  void RemoveMetrics() { metrics_.Remove(definition_.rules); }

  const RuleGroup& definition() const { return definition_; }

  /// `file;group`, for metrics.
  const std::string& key() const { return metrics_.key(); }

  /// Identifies the group, also in the store.
  const std::string& id() const { return id_; }

  Duration interval() const { return interval_; }

  Duration query_offset() const { return definition_.query_offset.value_or(Duration(0)); }

 private:
  /// What the evaluation of one rule led to.
  struct Outcome {
    std::optional<Error> error = {};
    std::size_t series_read = 0;      ///< As in RuleEvaluation.
    std::size_t series_returned = 0;  ///< As in RuleEvaluation.
    std::size_t samples = 0;          ///< What the rule records; 0 if it failed.
  };

  /// What one evaluation reads.
  struct Input {
    const tsdb::Queryable& samples;
    Timestamp time;
    promql::SharedValues* shared = nullptr;
    const std::stop_token& stop;
  };

  GroupVersion AsVersion() const { return {definition_, receivers_, state_}; }

  bool EvaluateRules(const Input& input, EvaluationTotals& totals);
  void EvaluateRule(const Rule& rule, RuleState& state, const Input& input,
                    EvaluationTotals& totals);
  const NeededExtension* MissingExtension(const Rule& rule) const;
  void LeaveOut(const std::string& rule, const NeededExtension& missing, RuleState& state) const;
  Outcome Run(const Rule& rule, RuleState& state, const Input& input);
  Outcome Run(const AlertRule& rule, RuleState& state, const Input& input);
  Outcome Run(const RecordingRule& rule, RuleState& state, const Input& input);
  void ApplyOutage(Timestamp time);
  void TakeAlerts(std::vector<StoredAlert>& stored);
  void Write(RuleState& state, Timestamp time, const std::vector<RuleSample>& samples) const;
  void WriteAlertSeries(Timestamp time);
  void EndRemovedSeries(Timestamp time);
  void CheckInputs(const tsdb::Queryable& samples, Timestamp time);
  void Save(std::string_view failure, const std::function<Result<void>(AlertStore&)>& save);
  void UpdateHealth(const std::string& rule, RuleState& state,
                    const std::optional<Error>& error) const;
  std::vector<Alert> MakeAlerts(const AlertRule& rule, Transition& next) const;
  void LogEvents(const std::vector<AlertEvent>& events) const;
  void ShowRule(std::size_t index, RuleStatus& shown) const;

  const RuleGroup definition_;
  const Duration interval_;
  const Deps deps_;
  const std::string id_;  ///< Unlike key(), it is another one for each file and name.
  const ReceiverAlerts receivers_;
  const GroupMetrics metrics_;
  const RuleInputs inputs_;
  std::optional<Timestamp> inputs_checked_;
  GroupState state_;
  std::vector<PendingSamples> alert_series_;  ///< What the present evaluation has yet to write.
  bool is_saved_ = true;                      ///< Whether the last save succeeded.
};

}  // namespace hakem::rules

#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "model/alert.h"
#include "model/clock.h"
#include "model/instruments.h"
#include "model/log.h"
#include "promql/evaluation/shared_values.h"
#include "rules/alert_journal.h"
#include "rules/alert_store.h"
#include "rules/evaluation_log.h"
#include "rules/rule_file.h"
#include "rules/rule_inputs.h"
#include "rules/series_writer.h"
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
    tsdb::Store* history;               ///< Gets the samples of the rules; null: nobody does.
    std::string external_url;           ///< URL of Hakem's pages, without a final slash.
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
  /// that are left are not evaluated, and it counts as missed.
  void Evaluate(const tsdb::Queryable& samples, Timestamp time,
                promql::SharedValues* shared = nullptr, const std::stop_token& stop = {});

  /// What evaluations have led to and receivers have not been notified of, oldest first.
  const std::vector<Alert>& unsent() const { return unsent_; }

  /// Receivers are notified of all of them.
  void MarkSent() { unsent_.clear(); }

  /// Moves all times from which durations are measured by a step of the clock. Times that receivers
  /// were notified of stay: they identify the incident.
  void MoveTimes(Duration step);

  /// What a group takes over from its earlier version.
  struct Continuation {
    /// A rule that both versions have: of the same kind, name and labels.
    struct ContinuedRule {
      std::size_t index;
      std::size_t index_before;
      ActiveAlerts alerts;
    };

    std::vector<ContinuedRule> rules = {};
    LabelsSet removed_series = {};    ///< Those of other rules end at the next evaluation.
    std::vector<Alert> changes = {};  ///< What receivers must be notified of.
  };

  /// Returns what this group will take over from `before`, its earlier version, at `now`. The
  /// firing alerts of rules that are gone are resolved. Firing alerts whose labels for receivers
  /// have changed are resolved under the labels that receivers know, and fire under the new ones.
  Continuation PlanToContinue(const Group& before, Timestamp now) const;

  /// Takes over what was planned. `before` and this group have not been evaluated since.
  void Continue(Group& before, Continuation plan) noexcept;

  /// Takes the alerts of this group's rules, and what is known of the group, out of what was saved
  /// before a restart.
  void Restore(StoredAlerts& stored);

  /// Appends the restored alerts that are firing or were resolved shortly before, since receivers
  /// may not have been notified of it. Those whose labels for receivers have changed are also
  /// resolved, at `now`, under the labels that receivers know.
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

  /// Removes the metrics about this group, because the group is gone.
  void RemoveMetrics();

  const RuleGroup& definition() const { return definition_; }

  /// Whether it has a recording rule.
  bool Records() const;

  /// `file;group`, for metrics.
  const std::string& key() const { return key_; }

  /// Identifies the group, also in the store.
  const std::string& id() const { return id_; }

  Duration interval() const { return interval_; }

  Duration query_offset() const { return definition_.query_offset.value_or(Duration(0)); }

 private:
  /// What is known about a rule besides its definition.
  struct State {
    std::string key = {};      ///< Identifies the rule, also in the store.
    ActiveAlerts alerts = {};  ///< Empty for a recording rule.
    SeriesWriter series = {};
    RuleHealth health = RuleHealth::kUnknown;
    std::string last_error = {};
    Seconds evaluation_time{0};
    std::optional<Timestamp> last_evaluation = {};
    std::shared_ptr<EvaluationLog> evaluations = std::make_shared<EvaluationLog>();
  };

  /// What the evaluation of one rule led to.
  struct Outcome {
    std::optional<Error> error = {};
    std::size_t series_read = 0;      ///< As in RuleEvaluation.
    std::size_t series_returned = 0;  ///< As in RuleEvaluation.
    std::size_t samples = 0;          ///< What the rule records; 0 if it failed.
  };

  /// What the evaluations of all rules add up to.
  struct Totals {
    std::vector<double> durations = {};  ///< Of each rule, in seconds.
    std::size_t failures = 0;
    std::size_t samples = 0;
  };

  /// What one evaluation reads.
  struct Input {
    const tsdb::Queryable& samples;
    Timestamp time;
    promql::SharedValues* shared = nullptr;
    const std::stop_token& stop;
  };

  bool EvaluateRules(const Input& input, Totals& totals);
  void EvaluateRule(const Rule& rule, State& state, const Input& input, Totals& totals);
  const NeededExtension* MissingExtension(const Rule& rule) const;
  void LeaveOut(const std::string& rule, const NeededExtension& missing, State& state) const;
  Outcome Run(const Rule& rule, State& state, const Input& input);
  Outcome Run(const AlertRule& rule, State& state, const Input& input);
  Outcome Run(const RecordingRule& rule, State& state, const Input& input);
  void SetKeys();
  bool HasRule(std::string_view name) const;
  void ContinueRule(Continuation::ContinuedRule& rule, Group& before) noexcept;
  void PassOnAnew(const AlertRule& rule, ActiveAlerts& alerts, Timestamp now,
                  std::vector<Alert>& changes) const;
  void Resolve(std::size_t index, Timestamp now, std::vector<Alert>& resolved) const;
  Alert MakeResolved(const AlertRule& rule, ActiveAlert alert, Timestamp now) const;
  void ApplyOutage(Timestamp time);
  void Write(State& state, Timestamp time, const std::vector<RuleSample>& samples) const;
  void EndRemovedSeries(Timestamp time);
  void CheckInputs(const tsdb::Queryable& samples, Timestamp time);
  void TakeSaved(const Result<void>& saved);
  void UpdateHealth(const std::string& rule, State& state, const std::optional<Error>& error) const;
  void Count(const Totals& totals, Timestamp time);
  std::vector<Alert> MakeAlerts(const AlertRule& rule, Transition& next) const;
  void LogEvents(const std::vector<AlertEvent>& events) const;
  Alert MakeAlert(const AlertRule& rule, const AlertEvent& event) const;

  const RuleGroup definition_;
  const Duration interval_;
  const Deps deps_;
  const std::string key_;
  const std::string id_;  ///< Unlike key_, it is another one for each file and name.
  const RuleInputs inputs_;
  std::optional<Timestamp> inputs_checked_;
  std::vector<State> states_;  ///< One for each rule, in the same order.
  AlertJournal journal_;
  std::vector<Alert> unsent_;
  bool is_saved_ = true;  ///< Whether the last save succeeded.
  /// After a restart, until the next evaluation: when the group was last evaluated.
  std::optional<Timestamp> before_outage_;
  LabelsSet removed_series_;  ///< Series of rules that a reload has removed.
  Seconds evaluation_time_{0};
  std::optional<Timestamp> last_evaluation_;
};

}  // namespace hakem::rules

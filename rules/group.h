#pragma once

#include <memory>
#include <optional>
#include <string>
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
#include "rules/series_writer.h"
#include "rules/status.h"
#include "tsdb/series/queryable.h"
#include "tsdb/store/store.h"

namespace hakem::rules {

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
  };

  /// `interval`: how often the group is evaluated, to be shown.
  Group(RuleGroup definition, Duration interval, Deps deps);

  /// Evaluates the rules in order as of `time`. Each reads the samples at that time, or earlier by
  /// the group's query_offset, and what it records has the same time. Returns the alerts that begin
  /// to fire or are resolved, after these changes were saved. The alerts of a rule that fails stay
  /// as they are. `shared`: values that rules of other groups need too, or null.
  std::vector<Alert> Evaluate(const tsdb::Queryable& samples, Timestamp time,
                              promql::SharedValues* shared = nullptr);

  /// Moves all times from which durations are measured by a step of the clock. Times that receivers
  /// were notified of stay: they identify the incident.
  void MoveTimes(Duration step);

  /// Takes the state of each rule that `before` has too: one of the same kind, name and labels.
  /// Series of all other rules end at the next evaluation. `before` is the earlier version of this
  /// group; Resolve returns the alerts that are left in it.
  void Continue(Group& before);

  /// Takes the alerts of this group's rules out of those that were saved before a restart. Returns
  /// the firing ones.
  std::vector<Alert> Restore(StoredAlerts& stored);

  /// Returns the firing alerts as resolved at `now`, because the group or its rules are gone.
  std::vector<Alert> Resolve(Timestamp now);

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

  /// `file;group`, which identifies the group.
  const std::string& key() const { return key_; }

  Duration interval() const { return interval_; }

  Duration query_offset() const { return definition_.query_offset.value_or(Duration(0)); }

 private:
  /// What is known about a rule besides its definition.
  struct State {
    std::string key = {};      ///< Identifies an alerting rule in the store.
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
    std::vector<Alert> changes = {};
    std::optional<Error> error = {};
    std::size_t series_read = 0;      ///< As in RuleEvaluation.
    std::size_t series_returned = 0;  ///< As in RuleEvaluation.
    std::size_t samples = 0;          ///< What the rule records; 0 if it failed.
  };

  /// What the evaluations of all rules add up to.
  struct Totals {
    std::vector<Alert> changes = {};
    std::vector<double> durations = {};  ///< Of each rule, in seconds.
    std::size_t failures = 0;
    std::size_t samples = 0;
  };

  /// What one evaluation reads.
  struct Input {
    const tsdb::Queryable& samples;
    Timestamp time;
    promql::SharedValues* shared;
  };

  void EvaluateRule(const Rule& rule, State& state, const Input& input, Totals& totals);
  Outcome Run(const AlertRule& rule, State& state, const Input& input);
  Outcome Run(const RecordingRule& rule, State& state, const Input& input);
  void SetKeys();
  void ContinueRule(std::size_t index, Group& before, std::size_t index_before);
  void ApplyOutage(Timestamp time);
  void Write(State& state, Timestamp time, const std::vector<RuleSample>& samples) const;
  void EndRemovedSeries(Timestamp time);
  void UpdateHealth(const std::string& rule, State& state, const std::optional<Error>& error) const;
  void Count(const Totals& totals, Timestamp time);
  Alert MakeAlert(const AlertRule& rule, const AlertEvent& event) const;

  const RuleGroup definition_;
  const Duration interval_;
  const Deps deps_;
  const std::string key_;
  std::vector<State> states_;  ///< One for each rule, in the same order.
  AlertJournal journal_;
  bool is_saved_ = true;  ///< Whether the last save succeeded.
  /// After a restart, until the next evaluation: when the group was last evaluated.
  std::optional<Timestamp> before_outage_;
  LabelsSet removed_series_;  ///< Series of rules that a reload has removed.
  Seconds evaluation_time_{0};
  std::optional<Timestamp> last_evaluation_;
};

}  // namespace hakem::rules

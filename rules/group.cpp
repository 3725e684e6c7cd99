#include "rules/group.h"

#include <fmt/format.h>

#include <exception>
#include <iterator>
#include <new>
#include <unordered_map>
#include <utility>

#include "model/contained.h"
#include "model/duration.h"
#include "model/interruption.h"
#include "rules/alerts/alert_times.h"
#include "rules/alerts/input_window.h"
#include "rules/alerts/restored_alerts.h"
#include "rules/evaluation/alert_series.h"
#include "rules/evaluation/find_alerts.h"
#include "rules/evaluation/recorded_samples.h"
#include "rules/files/rule_keys.h"

namespace hakem::rules {
namespace {

/// Calls `work`, which queries and expands templates, and returns its result. Throws Interrupted
/// when `stop` is requested (kUnavailable) or when it takes too long (kTimeout).
template <typename Work>
auto RunWithinLimits(const Clock& clock, const std::stop_token& stop, const Work& work) {
  const SteadyTime deadline = clock.SteadyNow() + kLongestEvaluation;
  const Interruption interruption([&]() -> std::optional<Error> {
    if (stop.stop_requested()) {
      return Error{ErrorCode::kUnavailable, "the evaluation was stopped"};
    }
    return clock.SteadyNow() > deadline
               ? std::optional(
                     Error{ErrorCode::kTimeout, fmt::format("the evaluation takes longer than {}",
                                                            FormatDuration(kLongestEvaluation))})
               : std::nullopt;
  });
  CheckInterruptedNow();
  return work();
}

void Describe(const AlertRule& rule, RuleStatus& shown) {
  shown.kind = RuleKind::kAlerting;
  shown.policy = rule.policy;
  for (const NamedTemplate& label : rule.labels) {
    shown.labels.emplace(label.name, label.text.source());
  }
  for (const NamedTemplate& annotation : rule.annotations) {
    shown.annotations.emplace(annotation.name, annotation.text.source());
  }
}

void Describe(const RecordingRule& rule, RuleStatus& shown) {
  shown.kind = RuleKind::kRecording;
  for (const Label& label : rule.labels) {
    shown.labels.emplace(label.name, label.value);
  }
}

}  // namespace

Group::Group(RuleGroup definition, Duration interval, Deps deps)
    : definition_(std::move(definition)),
      interval_(interval),
      deps_(std::move(deps)),
      id_(KeyOf(definition_)),
      receivers_(definition_.external_labels, deps_.external_url),
      metrics_(definition_, interval, deps_.instruments),
      inputs_(definition_.rules) {
  std::vector<std::string> keys = RuleKeysOf(definition_);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const Rule& rule = definition_.rules[i];
    state_.rules.push_back({.key = std::move(keys[i]),
                            .windows = WindowsOf(*BaseOf(rule).expr),
                            .may_read_alerts = MayReadAlertSeries(rule)});
  }
}

bool Group::Evaluate(const tsdb::Queryable& samples, Timestamp time, promql::SharedValues* shared,
                     const std::stop_token& stop) {
  const Input input{samples, time, shared, stop};
  ApplyOutage(time);
  const SteadyTime start = deps_.clock.SteadyNow();
  EvaluationTotals totals;
  const bool is_complete = EvaluateRules(input, totals);
  WriteAlertSeries(time);
  EndRemovedSeries(time);
  SaveAlerts(time);
  CheckInputs(samples, time);
  state_.evaluation_time = deps_.clock.SteadyNow() - start;
  state_.last_evaluation = time;
  if (is_complete) {
    RunContained(deps_.log, "evaluation of a group not counted",
                 [&] { metrics_.Count(totals, time, state_.evaluation_time); });
  } else {
    CountMissed(1);
  }
  return is_complete;
}

/// Returns false if it was stopped before the last rule was evaluated.
bool Group::EvaluateRules(const Input& input, EvaluationTotals& totals) {
  try {
    for (std::size_t i = 0; i < state_.rules.size(); ++i) {
      const Rule& rule = definition_.rules[i];
      RuleState& state = state_.rules[i];
      if (state.may_read_alerts) {
        WriteAlertSeries(input.time);
      }
      const NeededExtension* const missing = MissingExtension(rule);
      if (missing != nullptr && state.alerts.empty()) {
        LeaveOut(NameOf(rule), *missing, state);
      } else {
        EvaluateRule(rule, state, input, totals);
      }
    }
    return true;
  } catch (const Interrupted&) {
    return false;
  }
}

/// The extension that the rule needs and that no watched server has; null: there is none.
const NeededExtension* Group::MissingExtension(const Rule& rule) const {
  const auto* const alert = std::get_if<AlertRule>(&rule);
  const bool is_missing = alert != nullptr && alert->needs && deps_.lacks_extension &&
                          deps_.lacks_extension(alert->needs->name);
  return is_missing ? &*alert->needs : nullptr;
}

void Group::LeaveOut(const std::string& rule, const NeededExtension& missing,
                     RuleState& state) const {
  RunContained(deps_.log, "a rule that is left out was not reported", [&] {
    std::string reason = fmt::format("left out, because it needs the extension {}: {}",
                                     missing.name, missing.instructions);
    if (reason != state.last_error) {
      deps_.log.Info("rule left out",
                     {{"group", definition_.name}, {"rule", rule}, {"reason", reason}});
      state.health = RuleHealth::kUnknown;
      state.last_error = std::move(reason);
    }
  });
}

/// Lack of memory may cost what is reported about the rule, but no change of an alert.
void Group::EvaluateRule(const Rule& rule, RuleState& state, const Input& input,
                         EvaluationTotals& totals) {
  const SteadyTime start = deps_.clock.SteadyNow();
  const Outcome outcome = Run(rule, state, input);
  state.evaluation_time = deps_.clock.SteadyNow() - start;
  state.last_evaluation = input.time;
  totals.failures += outcome.error ? 1U : 0U;
  totals.samples += outcome.samples;
  RunContained(deps_.log, "evaluation of a rule not reported", [&] {
    totals.durations.push_back(state.evaluation_time.count());
    UpdateHealth(NameOf(rule), state, outcome.error);
    state.evaluations->Add({.time = input.time,
                            .duration = state.evaluation_time,
                            .series_read = outcome.series_read,
                            .series_returned = outcome.series_returned,
                            .error = state.last_error});
  });
}

/// An exception is an error of the rule, whose alerts then stay as they are.
Group::Outcome Group::Run(const Rule& rule, RuleState& state, const Input& input) {
  try {
    return std::visit([&](const auto& one) { return Run(one, state, input); }, rule);
  } catch (const Interrupted& interrupted) {
    if (interrupted.error().code != ErrorCode::kTimeout) {
      throw;
    }
    return {.error = interrupted.error()};
  } catch (const std::bad_alloc&) {
    return {.error = Error{ErrorCode::kUnavailable, "out of memory"}};
  } catch (const std::exception& exception) {
    return {.error = Error{ErrorCode::kInternal, exception.what()}};
  }
}

Group::Outcome Group::Run(const AlertRule& rule, RuleState& state, const Input& input) {
  Outcome outcome;
  const auto found = RunWithinLimits(deps_.clock, input.stop, [&] {
    return FindAlerts(rule, input.samples,
                      {.time = input.time,
                       .query_offset = query_offset(),
                       .external_labels = definition_.external_labels,
                       .external_url = deps_.external_url,
                       .shared = input.shared,
                       .series_read = &outcome.series_read});
  });
  outcome.series_returned = found ? found->size() : 0;
  Transition next = NextState(rule.policy, state.alerts, found, input.time);
  outcome.error = std::move(next.error);
  // All of it or, after an exception, nothing: else receivers would not hear of a change.
  std::vector<Alert> changes = MakeAlerts(rule, next);
  state_.unsent.insert(state_.unsent.end(), std::make_move_iterator(changes.begin()),
                       std::make_move_iterator(changes.end()));
  state.alerts = std::move(next.alerts);
  RunContained(deps_.log, "series of alerts were not stored", [&] {
    LogEvents(next.events);
    if (!outcome.error) {
      std::vector<RuleSample> samples = AlertSeries(rule, state.alerts);
      outcome.samples = samples.size();
      if (!samples.empty() || !state.series.series().empty()) {
        alert_series_.push_back({&state.series, std::move(samples)});
      }
    }
  });
  return outcome;
}

/// Returns the alerts that changed as receivers get them, and notes how they know those that fire.
std::vector<Alert> Group::MakeAlerts(const AlertRule& rule, Transition& next) const {
  std::vector<Alert> alerts;
  for (const auto& [kind, alert] : next.events) {
    if (kind == AlertEvent::Kind::kFiring) {
      alerts.push_back(receivers_.Firing(rule, alert));
      next.alerts.at(alert.labels).sent = SentAs(alerts.back());
    } else {
      alerts.push_back(receivers_.Resolved(rule, alert, *alert.resolved_at));
    }
  }
  return alerts;
}

void Group::LogEvents(const std::vector<AlertEvent>& events) const {
  for (const AlertEvent& event : events) {
    deps_.log.Info(event.kind == AlertEvent::Kind::kFiring ? "alert fires" : "alert resolved",
                   {{"alert", FormatSeries(event.alert.labels)}, {"value", event.alert.value}});
  }
}

Group::Outcome Group::Run(const RecordingRule& rule, RuleState& state, const Input& input) {
  Outcome outcome;
  const auto recorded = RunWithinLimits(deps_.clock, input.stop, [&] {
    return RecordedSamples(rule, input.samples, input.time - query_offset(), input.shared,
                           &outcome.series_read);
  });
  if (!recorded) {
    outcome.error = recorded.error();
    return outcome;
  }
  outcome.series_returned = recorded->size();
  outcome.samples = recorded->size();
  Write(state, input.time, *recorded);
  return outcome;
}

void Group::CheckInputs(const tsdb::Queryable& samples, Timestamp time) {
  const bool is_checked =
      inputs_checked_ && *inputs_checked_ <= time && time < *inputs_checked_ + kInputCheckInterval;
  if (is_checked) {
    return;
  }
  inputs_checked_ = time;
  RunContained(deps_.log, "the inputs of rules were not checked", [&] {
    for (const auto& [rule, is_missing] : inputs_.FindMissing(samples, time - query_offset())) {
      metrics_.SetInputMissing(rule, is_missing);
    }
  });
}

void Group::Write(RuleState& state, Timestamp time, const std::vector<RuleSample>& samples) const {
  if (deps_.history != nullptr) {  // Lack of memory costs these samples, but no change of an alert.
    RunContained(deps_.log, "samples of a rule were not stored",
                 [&] { state.series.Write(*deps_.history, time - query_offset(), samples); });
  }
}

/// Writes the series about alerts that the rules evaluated so far have led to.
void Group::WriteAlertSeries(Timestamp time) {
  if (deps_.history != nullptr) {
    RunContained(deps_.log, "series of alerts were not stored",
                 [&] { WriteTogether(*deps_.history, time - query_offset(), alert_series_); });
  }
  alert_series_.clear();
}

void Group::EndRemovedSeries(Timestamp time) {
  if (deps_.history == nullptr ||
      RunContained(deps_.log, "series of removed rules did not end", [&] {
        EndSeries(*deps_.history, time - query_offset(), state_.removed_series);
      })) {
    state_.removed_series.clear();
  }
}

void Group::Restore(StoredAlerts& stored) {
  const SteadyTime start = deps_.clock.SteadyNow();
  TakeAlerts(stored.alerts);
  for (std::size_t i = 0; i < state_.rules.size(); ++i) {
    RuleState& state = state_.rules[i];
    if (!state.alerts.empty()) {
      state_.journal.SetSaved(state.key, state.alerts);
      const auto& rule = std::get<AlertRule>(definition_.rules[i]);
      state.series = SeriesWriter(AlertSeries(rule, state.alerts));
    }
  }
  std::erase_if(stored.groups, [this](const auto& saved) {
    const bool is_this = saved.first == id_;
    if (is_this) {
      state_.before_outage = saved.second;
    }
    return is_this;
  });
  metrics_.SetRestoreDuration(deps_.clock.SteadyNow() - start);
}

/// Takes the alerts of this group's rules.
void Group::TakeAlerts(std::vector<StoredAlert>& stored) {
  std::unordered_map<std::string_view, RuleState*> by_key;
  for (std::size_t i = 0; i < state_.rules.size(); ++i) {
    if (std::holds_alternative<AlertRule>(definition_.rules[i])) {
      by_key.emplace(state_.rules[i].key, &state_.rules[i]);
    }
  }
  std::erase_if(stored, [&](StoredAlert& saved) {
    const auto found = by_key.find(saved.rule);
    if (found == by_key.end()) {
      return false;
    }
    found->second->alerts.insert_or_assign(saved.alert.labels, std::move(saved.alert));
    return true;
  });
}

void Group::PassOnRestored(Timestamp now, std::vector<Alert>& alerts) {
  rules::PassOnRestored(definition_, receivers_, state_, now, alerts);
}

void Group::ApplyOutage(Timestamp time) {
  if (!state_.before_outage) {
    return;
  }
  for (RuleState& state : state_.rules) {
    if (!state.alerts.empty()) {
      state.alerts = AfterOutage(std::move(state.alerts), *state_.before_outage, time, interval_,
                                 state.windows);
    }
  }
  state_.before_outage.reset();
}

void Group::SaveAlerts(Timestamp time) {
  Save("alerts were not saved", [&](AlertStore& store) {
    std::vector<AlertJournal::RuleAlerts> rules;
    for (const RuleState& state : state_.rules) {
      rules.push_back({state.key, state.alerts});
    }
    return state_.journal.Save(store, id_, time, rules);
  });
}

void Group::DeleteSaved(Timestamp time) {
  Save("alerts of a removed group were not deleted",
       [&](AlertStore& store) { return state_.journal.Delete(store, id_, time); });
}

/// Calls `save` with the store, if there is one. Logs the first of several errors in a row.
/// `failure`: what the log says of an exception.
void Group::Save(std::string_view failure, const std::function<Result<void>(AlertStore&)>& save) {
  if (deps_.alert_store == nullptr) {
    return;
  }
  Result<void> saved = Fail(ErrorCode::kUnavailable, "out of memory");
  RunContained(deps_.log, failure, [&] { saved = save(*deps_.alert_store); });
  if (!saved && is_saved_) {
    deps_.log.Warn("alerts were not saved: a restart would forget their changes",
                   {{"group", definition_.name}, {"error", saved.error().message}});
  }
  is_saved_ = saved.has_value();
}

void Group::MoveTimes(Duration step) {
  const auto move = [step](std::optional<Timestamp>& time) {
    if (time) {
      *time += step;
    }
  };
  move(state_.last_evaluation);
  move(state_.before_outage);
  const std::optional<Timestamp> last =
      state_.last_evaluation ? state_.last_evaluation : state_.before_outage;
  for (RuleState& state : state_.rules) {
    move(state.last_evaluation);
    state.evaluations->MoveTimes(step);
    rules::MoveTimes(state.alerts, step);
    if (last) {
      KeepWhileSamplesLack(state.alerts, state.windows, step, *last);
    }
  }
}

Continuation Group::PlanToContinue(const Group& before, Timestamp now) const {
  return rules::PlanToContinue(before.AsVersion(), AsVersion(), now, deps_.log);
}

void Group::Continue(Group& before, Continuation plan) noexcept {
  rules::Continue(before.state_, state_, std::move(plan));
}

std::vector<Alert> Group::Resolve(Timestamp now) const {
  return ResolveAll(AsVersion(), now, deps_.log);
}

LabelsSet Group::Series() const {
  LabelsSet all = state_.removed_series;
  for (const RuleState& state : state_.rules) {
    all.insert(state.series.series().begin(), state.series.series().end());
  }
  return all;
}

void Group::CountMissed(std::int64_t count) {
  if (count > 0) {
    RunContained(deps_.log, "missed evaluations not counted", [&] { metrics_.CountMissed(count); });
  }
}

void Group::UpdateHealth(const std::string& rule, RuleState& state,
                         const std::optional<Error>& error) const {
  state.health = error ? RuleHealth::kError : RuleHealth::kOk;
  state.last_error = error ? error->message : "";
  switch (state.failures.Add(state.last_error, deps_.clock.SteadyNow())) {
    case FailureLog::Line::kFails:
      deps_.log.Warn("rule failed",
                     {{"group", definition_.name}, {"rule", rule}, {"error", state.last_error}});
      break;
    case FailureLog::Line::kWorksAgain:
      deps_.log.Info("rule works again", {{"group", definition_.name}, {"rule", rule}});
      break;
    case FailureLog::Line::kNone:
      break;
  }
}

GroupStatus Group::Status() const {
  GroupStatus status;
  status.name = definition_.name;
  status.file = definition_.file;
  status.interval = interval_;
  status.limit = definition_.limit;
  status.query_offset = query_offset();
  status.evaluation_time = state_.evaluation_time;
  status.last_evaluation = state_.last_evaluation;
  for (std::size_t i = 0; i < state_.rules.size(); ++i) {
    ShowRule(i, status.rules.emplace_back());
  }
  return status;
}

void Group::ShowRule(std::size_t index, RuleStatus& shown) const {
  const Rule& rule = definition_.rules[index];
  const RuleState& state = state_.rules[index];
  shown.name = NameOf(rule);
  shown.query = BaseOf(rule).query;
  std::visit([&shown](const auto& one) { Describe(one, shown); }, rule);
  for (const auto& [labels, alert] : state.alerts) {
    if (alert.state != AlertState::kInactive) {
      shown.alerts.push_back(alert);
    }
  }
  shown.health = state.health;
  shown.last_error = state.last_error;
  shown.evaluation_time = state.evaluation_time;
  shown.last_evaluation = state.last_evaluation;
  shown.evaluations = state.evaluations;
}

}  // namespace hakem::rules

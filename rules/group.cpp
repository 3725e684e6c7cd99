#include "rules/group.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <exception>
#include <initializer_list>
#include <iterator>
#include <new>
#include <numeric>
#include <span>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "model/contained.h"
#include "model/duration.h"
#include "model/interruption.h"
#include "rules/alert_series.h"
#include "rules/find_alerts.h"
#include "rules/generator_url.h"
#include "rules/input_window.h"
#include "rules/recorded_samples.h"
#include "rules/restored_alerts.h"
#include "rules/rule_metrics.h"

namespace hakem::rules {
namespace {

/// Joins the parts of a key with semicolons. Those in the parts are escaped, so that different
/// parts make different keys.
std::string JoinKey(std::initializer_list<std::string_view> parts) {
  std::string key;
  for (const std::string_view part : parts) {
    for (const char c : part) {
      if (c == ';' || c == '\\') {
        key += '\\';
      }
      key += c;
    }
    key += ';';
  }
  return key;
}

std::string_view TextOf(const NamedTemplate& label) {
  return label.text.source();
}

std::string_view TextOf(const Label& label) {
  return label.value;
}

/// Returns a hash of a rule's labels. It is the same on every run.
template <typename SomeRule>
std::uint64_t HashOfLabels(const SomeRule& rule) {
  std::vector<Label> labels;
  for (const auto& label : rule.labels) {
    labels.push_back({label.name, fmt::format("={}", TextOf(label))});  // An empty text counts too.
  }
  return Labels(labels).hash();
}

/// Returns what identifies a rule in its group: kind, name and labels. A rule that replaces another
/// one with the same identity keeps its state.
std::string IdentityOf(const Rule& rule) {
  return fmt::format("{}{}{:016x}", JoinKey({NameOf(rule)}), rule.index(),
                     std::visit([](const auto& one) { return HashOfLabels(one); }, rule));
}

/// The metrics about a group that are 0 before its first evaluation. Like kRules and kInterval,
/// they are about this group only.
constexpr std::array<const Instrument*, 10> kMetricsFromTheStart{
    &kEvaluations, &kEvaluationFailures, &kHakemEvaluations, &kHakemEvaluationFailures,
    &kIterations,  &kIterationsMissed,   &kLastDuration,     &kLastEvaluation,
    &kLastSamples, &kLastRuleDurationSum};

SentAlert SentAs(const Alert& alert) {
  return {.labels = alert.labels, .generator_url = alert.generator_url};
}

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

const std::string& QueryOf(const Rule& rule) {
  return std::visit([](const auto& one) -> const std::string& { return one.query; }, rule);
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
      key_(fmt::format("{};{}", definition_.file, definition_.name)),
      id_(JoinKey({definition_.file, definition_.name})),
      inputs_(definition_.rules),
      states_(definition_.rules.size()) {
  Instruments& counts = deps_.instruments;
  counts.Observe(kEvaluationDuration, {}, {});
  counts.Observe(kGroupDuration, {}, {});
  for (const Instrument* instrument : kMetricsFromTheStart) {
    counts.Add(*instrument, {key_}, 0);
  }
  counts.Set(kRules, {key_}, static_cast<double>(states_.size()));
  counts.Set(kInterval, {key_}, ToSeconds(interval_));
  SetKeys();
}

/// A rule's key has the group and its identity, and a number, since several rules of the group may
/// have the same identity.
void Group::SetKeys() {
  std::unordered_map<std::string, int> count;
  for (std::size_t i = 0; i < states_.size(); ++i) {
    std::string identity = IdentityOf(definition_.rules[i]);
    states_[i].key = fmt::format("{}{}#{}", id_, identity, count[identity]);
    ++count[std::move(identity)];
  }
}

void Group::Evaluate(const tsdb::Queryable& samples, Timestamp time, promql::SharedValues* shared,
                     const std::stop_token& stop) {
  const Input input{samples, time, shared, stop};
  ApplyOutage(time);
  const SteadyTime start = deps_.clock.SteadyNow();
  Totals totals;
  const bool is_complete = EvaluateRules(input, totals);
  EndRemovedSeries(time);
  SaveAlerts(time);
  CheckInputs(samples, time);
  evaluation_time_ = deps_.clock.SteadyNow() - start;
  last_evaluation_ = time;
  RunContained(deps_.log, "evaluation of a group not counted",
               [&] { is_complete ? Count(totals, time) : CountMissed(1); });
}

/// Returns false if it was stopped before the last rule was evaluated.
bool Group::EvaluateRules(const Input& input, Totals& totals) {
  try {
    for (std::size_t i = 0; i < states_.size(); ++i) {
      const Rule& rule = definition_.rules[i];
      const NeededExtension* const missing = MissingExtension(rule);
      if (missing != nullptr && states_[i].alerts.empty()) {
        LeaveOut(NameOf(rule), *missing, states_[i]);
      } else {
        EvaluateRule(rule, states_[i], input, totals);
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

void Group::LeaveOut(const std::string& rule, const NeededExtension& missing, State& state) const {
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
void Group::EvaluateRule(const Rule& rule, State& state, const Input& input, Totals& totals) {
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

/// Counts an evaluation of all rules.
void Group::Count(const Totals& totals, Timestamp time) {
  const auto rules = static_cast<double>(totals.durations.size());
  const auto failures = static_cast<double>(totals.failures);
  Instruments& counts = deps_.instruments;
  counts.Add(kEvaluations, {key_}, rules);
  counts.Add(kHakemEvaluations, {key_}, rules);
  counts.Add(kEvaluationFailures, {key_}, failures);
  counts.Add(kHakemEvaluationFailures, {key_}, failures);
  counts.Add(kIterations, {key_});
  counts.Observe(kEvaluationDuration, {}, totals.durations);
  const double duration = evaluation_time_.count();
  counts.Observe(kGroupDuration, {}, std::span(&duration, 1));
  counts.Set(kLastDuration, {key_}, duration);
  counts.Set(kLastRuleDurationSum, {key_},
             std::accumulate(totals.durations.begin(), totals.durations.end(), 0.0));
  counts.Set(kLastSamples, {key_}, static_cast<double>(totals.samples));
  counts.Set(kLastEvaluation, {key_}, ToUnixSeconds(time));
}

/// An exception is an error of the rule, whose alerts then stay as they are.
Group::Outcome Group::Run(const Rule& rule, State& state, const Input& input) {
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

Group::Outcome Group::Run(const AlertRule& rule, State& state, const Input& input) {
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
  unsent_.insert(unsent_.end(), std::make_move_iterator(changes.begin()),
                 std::make_move_iterator(changes.end()));
  state.alerts = std::move(next.alerts);
  RunContained(deps_.log, "series of alerts were not stored", [&] {
    LogEvents(next.events);
    if (!outcome.error) {
      const std::vector<RuleSample> samples = AlertSeries(rule, state.alerts);
      outcome.samples = samples.size();
      Write(state, input.time, samples);
    }
  });
  return outcome;
}

/// Returns the alerts that changed as receivers get them, and notes how they know those that fire.
std::vector<Alert> Group::MakeAlerts(const AlertRule& rule, Transition& next) const {
  std::vector<Alert> alerts;
  for (const AlertEvent& event : next.events) {
    alerts.push_back(MakeAlert(rule, event));
    if (event.kind == AlertEvent::Kind::kFiring) {
      next.alerts.at(event.alert.labels).sent = SentAs(alerts.back());
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

Group::Outcome Group::Run(const RecordingRule& rule, State& state, const Input& input) {
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
      deps_.instruments.Set(kInputMissing, {key_, rule}, is_missing ? 1 : 0);
    }
  });
}

void Group::Write(State& state, Timestamp time, const std::vector<RuleSample>& samples) const {
  if (deps_.history != nullptr) {  // Lack of memory costs these samples, but no change of an alert.
    RunContained(deps_.log, "samples of a rule were not stored",
                 [&] { state.series.Write(*deps_.history, time - query_offset(), samples); });
  }
}

void Group::EndRemovedSeries(Timestamp time) {
  if (deps_.history == nullptr ||
      RunContained(deps_.log, "series of removed rules did not end",
                   [&] { EndSeries(*deps_.history, time - query_offset(), removed_series_); })) {
    removed_series_.clear();
  }
}

void Group::Restore(StoredAlerts& stored) {
  const SteadyTime start = deps_.clock.SteadyNow();
  std::unordered_map<std::string_view, State*> by_key;
  for (std::size_t i = 0; i < states_.size(); ++i) {
    if (std::holds_alternative<AlertRule>(definition_.rules[i])) {
      by_key.emplace(states_[i].key, &states_[i]);
    }
  }
  std::erase_if(stored.alerts, [&](StoredAlert& saved) {
    const auto found = by_key.find(saved.rule);
    if (found == by_key.end()) {
      return false;
    }
    found->second->alerts.insert_or_assign(saved.alert.labels, std::move(saved.alert));
    return true;
  });
  for (std::size_t i = 0; i < states_.size(); ++i) {
    State& state = states_[i];
    if (!state.alerts.empty()) {
      journal_.SetSaved(state.key, state.alerts);
      const auto& rule = std::get<AlertRule>(definition_.rules[i]);
      state.series = SeriesWriter(AlertSeries(rule, state.alerts));
    }
  }
  std::erase_if(stored.groups, [this](const auto& saved) {
    const bool is_this = saved.first == id_;
    if (is_this) {
      before_outage_ = saved.second;
    }
    return is_this;
  });
  const Seconds duration = deps_.clock.SteadyNow() - start;
  deps_.instruments.Set(kLastRestoreDuration, {key_}, duration.count());
}

void Group::PassOnRestored(Timestamp now, std::vector<Alert>& alerts) {
  for (std::size_t i = 0; i < states_.size(); ++i) {
    for (auto& [labels, alert] : states_[i].alerts) {
      const auto& rule = std::get<AlertRule>(definition_.rules[i]);
      if (alert.state == AlertState::kInactive && alert.fired_at) {
        alerts.push_back(MakeAlert(rule, {AlertEvent::Kind::kResolved, alert}));
      }
      if (alert.state != AlertState::kFiring) {
        continue;
      }
      Alert fires = MakeAlert(rule, {AlertEvent::Kind::kFiring, alert});
      if (alert.sent && alert.sent->labels != fires.labels) {
        const Alert resolved = MakeResolved(rule, alert, now);
        alerts.push_back(resolved);
        alerts.back().ends_at.reset();
        alerts.push_back(resolved);
      }
      alert.sent = SentAs(fires);
      alerts.push_back(std::move(fires));
    }
  }
}

void Group::ApplyOutage(Timestamp time) {
  if (before_outage_) {
    for (std::size_t i = 0; i < states_.size(); ++i) {
      if (const auto* const rule = std::get_if<AlertRule>(&definition_.rules[i])) {
        ActiveAlerts& alerts = states_[i].alerts;
        alerts =
            AfterOutage(std::move(alerts), *before_outage_, time, interval_, WindowOf(*rule->expr));
      }
    }
    before_outage_.reset();
  }
}

void Group::SaveAlerts(Timestamp time) {
  if (deps_.alert_store == nullptr) {
    return;
  }
  Result<void> saved = Fail(ErrorCode::kUnavailable, "out of memory");
  RunContained(deps_.log, "alerts were not saved", [&] {
    std::vector<AlertJournal::RuleAlerts> rules;
    for (const State& state : states_) {
      rules.push_back({state.key, state.alerts});
    }
    saved = journal_.Save(*deps_.alert_store, id_, time, rules);
  });
  TakeSaved(saved);
}

void Group::DeleteSaved(Timestamp time) {
  if (deps_.alert_store == nullptr) {
    return;
  }
  Result<void> deleted = Fail(ErrorCode::kUnavailable, "out of memory");
  RunContained(deps_.log, "alerts of a removed group were not deleted",
               [&] { deleted = journal_.Delete(*deps_.alert_store, id_, time); });
  TakeSaved(deleted);
}

/// Logs the first of several errors in a row.
void Group::TakeSaved(const Result<void>& saved) {
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
  move(last_evaluation_);
  move(before_outage_);
  for (State& state : states_) {
    move(state.last_evaluation);
    state.evaluations->MoveTimes(step);
    for (auto& [labels, alert] : state.alerts) {
      alert.active_at += step;
      move(alert.keep_firing_since);
      move(alert.resolved_at);
      move(alert.kept_until);
    }
  }
}

Group::Continuation Group::PlanToContinue(const Group& before, Timestamp now) const {
  Continuation plan{.removed_series = before.removed_series_, .changes = before.unsent_};
  std::unordered_map<std::string_view, std::size_t> by_key;
  for (std::size_t i = 0; i < states_.size(); ++i) {
    by_key.emplace(states_[i].key, i);
  }
  for (std::size_t i = 0; i < before.states_.size(); ++i) {
    const State& old = before.states_[i];
    const auto found = by_key.find(old.key);
    if (found == by_key.end()) {
      before.Resolve(i, now, plan.changes);
      plan.removed_series.insert(old.series.series().begin(), old.series.series().end());
      continue;
    }
    plan.rules.push_back({.index = found->second, .index_before = i, .alerts = old.alerts});
    if (const auto* const rule = std::get_if<AlertRule>(&definition_.rules[found->second])) {
      PassOnAnew(*rule, plan.rules.back().alerts, now, plan.changes);
    }
  }
  return plan;
}

/// Passes on those firing alerts again whose labels for receivers have changed.
void Group::PassOnAnew(const AlertRule& rule, ActiveAlerts& alerts, Timestamp now,
                       std::vector<Alert>& changes) const {
  for (auto& [labels, alert] : alerts) {
    if (alert.state != AlertState::kFiring) {
      continue;
    }
    Alert fires = MakeAlert(rule, {AlertEvent::Kind::kFiring, alert});
    if (alert.sent && alert.sent->labels == fires.labels) {
      continue;
    }
    if (alert.sent) {
      changes.push_back(MakeResolved(rule, alert, now));
    }
    alert.sent = SentAs(fires);
    changes.push_back(std::move(fires));
  }
}

void Group::Continue(Group& before, Continuation plan) noexcept {
  evaluation_time_ = before.evaluation_time_;
  last_evaluation_ = before.last_evaluation_;
  before_outage_ = before.before_outage_;
  std::swap(journal_, before.journal_);
  removed_series_ = std::move(plan.removed_series);
  for (Continuation::ContinuedRule& rule : plan.rules) {
    ContinueRule(rule, before);
  }
  for (const Rule& rule : before.definition_.rules) {
    if (!HasRule(NameOf(rule))) {
      deps_.instruments.Remove(kInputMissing, {key_, NameOf(rule)});
    }
  }
}

bool Group::HasRule(std::string_view name) const {
  return std::any_of(definition_.rules.begin(), definition_.rules.end(),
                     [&](const Rule& rule) { return NameOf(rule) == name; });
}

/// The health of a rule with another expression is not known.
void Group::ContinueRule(Continuation::ContinuedRule& rule, Group& before) noexcept {
  State& state = states_[rule.index];
  State& old = before.states_[rule.index_before];
  state.alerts = std::move(rule.alerts);
  std::swap(state.series, old.series);
  std::swap(state.evaluations, old.evaluations);
  if (QueryOf(definition_.rules[rule.index]) ==
      QueryOf(before.definition_.rules[rule.index_before])) {
    state.health = old.health;
    std::swap(state.last_error, old.last_error);
    state.evaluation_time = old.evaluation_time;
    state.last_evaluation = old.last_evaluation;
  }
}

std::vector<Alert> Group::Resolve(Timestamp now) const {
  std::vector<Alert> resolved;
  for (std::size_t i = 0; i < states_.size(); ++i) {
    Resolve(i, now, resolved);
  }
  return resolved;
}

void Group::Resolve(std::size_t index, Timestamp now, std::vector<Alert>& resolved) const {
  for (const auto& [labels, alert] : states_[index].alerts) {
    if (alert.state == AlertState::kFiring) {
      deps_.log.Info("alert resolved: its rule was removed", {{"alert", FormatSeries(labels)}});
      resolved.push_back(MakeResolved(std::get<AlertRule>(definition_.rules[index]), alert, now));
    }
  }
}

Alert Group::MakeResolved(const AlertRule& rule, ActiveAlert alert, Timestamp now) const {
  alert.state = AlertState::kInactive;
  alert.resolved_at = now;
  return MakeAlert(rule, {AlertEvent::Kind::kResolved, std::move(alert)});
}

bool Group::Records() const {
  return std::any_of(definition_.rules.begin(), definition_.rules.end(),
                     [](const Rule& rule) { return std::holds_alternative<RecordingRule>(rule); });
}

LabelsSet Group::Series() const {
  LabelsSet all = removed_series_;
  for (const State& state : states_) {
    all.insert(state.series.series().begin(), state.series.series().end());
  }
  return all;
}

void Group::CountMissed(std::int64_t count) {
  if (count > 0) {
    RunContained(deps_.log, "missed evaluations not counted", [&] {
      deps_.instruments.Add(kIterations, {key_}, static_cast<double>(count));
      deps_.instruments.Add(kIterationsMissed, {key_}, static_cast<double>(count));
    });
  }
}

void Group::RemoveMetrics() {
  for (const Instrument* instrument : kMetricsFromTheStart) {
    deps_.instruments.Remove(*instrument, {key_});
  }
  for (const Instrument* instrument : {&kRules, &kInterval, &kLastRestoreDuration}) {
    deps_.instruments.Remove(*instrument, {key_});
  }
  for (const Rule& rule : definition_.rules) {
    deps_.instruments.Remove(kInputMissing, {key_, NameOf(rule)});
  }
}

void Group::UpdateHealth(const std::string& rule, State& state,
                         const std::optional<Error>& error) const {
  const std::string message = error ? error->message : "";
  if (error) {
    if (message != state.last_error) {
      deps_.log.Warn("rule failed",
                     {{"group", definition_.name}, {"rule", rule}, {"error", message}});
    }
  } else if (!state.last_error.empty()) {
    deps_.log.Info("rule works again", {{"group", definition_.name}, {"rule", rule}});
  }
  state.health = error ? RuleHealth::kError : RuleHealth::kOk;
  state.last_error = message;
}

Alert Group::MakeAlert(const AlertRule& rule, const AlertEvent& event) const {
  std::optional<Timestamp> ends_at = event.alert.resolved_at;
  if (ends_at) {  // The clock may have been set back meanwhile.
    ends_at = std::max(*ends_at, *event.alert.fired_at);
  }
  std::vector<LabelView> labels(definition_.external_labels.begin(),
                                definition_.external_labels.end());
  labels.insert(labels.end(), event.alert.labels.begin(), event.alert.labels.end());
  SentAlert sent{Labels(std::move(labels)), GeneratorUrl(deps_.external_url, rule.query)};
  if (event.kind == AlertEvent::Kind::kResolved && event.alert.sent) {
    sent = *event.alert.sent;  // What receivers know it by, whatever a reload has changed.
  }
  return {.labels = std::move(sent.labels),
          .annotations = event.alert.annotations,
          .starts_at = *event.alert.fired_at,
          .ends_at = ends_at,
          .generator_url = std::move(sent.generator_url),
          .value = event.alert.value};
}

GroupStatus Group::Status() const {
  GroupStatus status;
  status.name = definition_.name;
  status.file = definition_.file;
  status.interval = interval_;
  status.limit = definition_.limit;
  status.query_offset = query_offset();
  status.evaluation_time = evaluation_time_;
  status.last_evaluation = last_evaluation_;
  for (std::size_t i = 0; i < states_.size(); ++i) {
    const State& state = states_[i];
    RuleStatus& shown = status.rules.emplace_back();
    std::visit(
        [&shown](const auto& rule) {
          shown.name = rule.name;
          shown.query = rule.query;
          Describe(rule, shown);
        },
        definition_.rules[i]);
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
  return status;
}

}  // namespace hakem::rules

#include "rules/group.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <numeric>
#include <span>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>

#include "model/contained.h"
#include "rules/alert_series.h"
#include "rules/find_alerts.h"
#include "rules/generator_url.h"
#include "rules/recorded_samples.h"
#include "rules/restored_alerts.h"
#include "rules/rule_metrics.h"

namespace hakem::rules {
namespace {

bool HaveSameLabels(const AlertRule& one, const AlertRule& other) {
  return std::equal(one.labels.begin(), one.labels.end(), other.labels.begin(), other.labels.end(),
                    [](const NamedTemplate& left, const NamedTemplate& right) {
                      return left.name == right.name && left.text.source() == right.text.source();
                    });
}

bool HaveSameLabels(const RecordingRule& one, const RecordingRule& other) {
  return one.labels == other.labels;
}

/// The metrics about a group that are 0 before its first evaluation. Like kRules and kInterval,
/// they are about this group only.
constexpr std::array<const Instrument*, 10> kMetricsFromTheStart{
    &kEvaluations, &kEvaluationFailures, &kHakemEvaluations, &kHakemEvaluationFailures,
    &kIterations,  &kIterationsMissed,   &kLastDuration,     &kLastEvaluation,
    &kLastSamples, &kLastRuleDurationSum};

/// Whether a rule that replaces another keeps its state.
bool IsContinuedBy(const Rule& before, const Rule& after) {
  if (before.index() != after.index() || NameOf(before) != NameOf(after)) {
    return false;
  }
  return std::visit(
      [&](const auto& one) {
        return HaveSameLabels(one, std::get<std::decay_t<decltype(one)>>(after));
      },
      before);
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

/// A rule's key has what identifies it: group, name and labels, and a number if another rule of the
/// group has all of them too.
void Group::SetKeys() {
  std::map<std::string, int> count;
  for (std::size_t i = 0; i < states_.size(); ++i) {
    const auto* const rule = std::get_if<AlertRule>(&definition_.rules[i]);
    if (rule == nullptr) {
      continue;
    }
    std::string& key = states_[i].key;
    key = fmt::format("{};{}", key_, rule->name);
    for (const NamedTemplate& label : rule->labels) {
      key += fmt::format(";{}={}", label.name, label.text.source());
    }
    if (const int same = count[key]++; same > 0) {
      key += fmt::format("#{}", same);
    }
  }
}

std::vector<Alert> Group::Evaluate(const tsdb::Queryable& samples, Timestamp time,
                                   promql::SharedValues* shared) {
  const Input input{samples, time, shared};
  ApplyOutage(time);
  const SteadyTime start = deps_.clock.SteadyNow();
  Totals totals;
  for (std::size_t i = 0; i < states_.size(); ++i) {
    EvaluateRule(definition_.rules[i], states_[i], input, totals);
  }
  EndRemovedSeries(time);
  SaveAlerts(time);
  evaluation_time_ = deps_.clock.SteadyNow() - start;
  last_evaluation_ = time;
  Count(totals, time);
  return std::move(totals.changes);
}

void Group::EvaluateRule(const Rule& rule, State& state, const Input& input, Totals& totals) {
  const SteadyTime start = deps_.clock.SteadyNow();
  Outcome outcome = std::visit([&](const auto& one) { return Run(one, state, input); }, rule);
  state.evaluation_time = deps_.clock.SteadyNow() - start;
  state.last_evaluation = input.time;
  UpdateHealth(NameOf(rule), state, outcome.error);
  state.evaluations->Add({.time = input.time,
                          .duration = state.evaluation_time,
                          .series_read = outcome.series_read,
                          .series_returned = outcome.series_returned,
                          .error = state.last_error});
  totals.durations.push_back(state.evaluation_time.count());
  totals.failures += outcome.error ? 1U : 0U;
  totals.samples += outcome.samples;
  std::move(outcome.changes.begin(), outcome.changes.end(), std::back_inserter(totals.changes));
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

Group::Outcome Group::Run(const AlertRule& rule, State& state, const Input& input) {
  Outcome outcome;
  const auto found = FindAlerts(rule, input.samples,
                                {.time = input.time,
                                 .query_offset = query_offset(),
                                 .external_labels = definition_.external_labels,
                                 .external_url = deps_.external_url,
                                 .shared = input.shared,
                                 .series_read = &outcome.series_read});
  outcome.series_returned = found ? found->size() : 0;
  Transition next = NextState(rule.policy, std::move(state.alerts), found, input.time);
  state.alerts = std::move(next.alerts);
  outcome.error = std::move(next.error);
  for (const AlertEvent& event : next.events) {
    deps_.log.Info(event.kind == AlertEvent::Kind::kFiring ? "alert fires" : "alert resolved",
                   {{"alert", FormatSeries(event.alert.labels)}, {"value", event.alert.value}});
    outcome.changes.push_back(MakeAlert(rule, event));
  }
  if (!outcome.error) {
    const std::vector<RuleSample> samples = AlertSeries(rule, state.alerts);
    outcome.samples = samples.size();
    Write(state, input.time, samples);
  }
  return outcome;
}

Group::Outcome Group::Run(const RecordingRule& rule, State& state, const Input& input) {
  Outcome outcome;
  const auto recorded = RecordedSamples(rule, input.samples, input.time - query_offset(),
                                        input.shared, &outcome.series_read);
  if (!recorded) {
    outcome.error = recorded.error();
    return outcome;
  }
  outcome.series_returned = recorded->size();
  outcome.samples = recorded->size();
  Write(state, input.time, *recorded);
  return outcome;
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

std::vector<Alert> Group::Restore(StoredAlerts& stored) {
  const SteadyTime start = deps_.clock.SteadyNow();
  std::map<std::string_view, State*> by_key;
  for (State& state : states_) {
    if (!state.key.empty()) {
      by_key.emplace(state.key, &state);
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
  std::vector<Alert> firing;
  for (std::size_t i = 0; i < states_.size(); ++i) {
    State& state = states_[i];
    if (state.alerts.empty()) {
      continue;
    }
    const auto& rule = std::get<AlertRule>(definition_.rules[i]);
    journal_.SetSaved(state.key, state.alerts);
    state.series = SeriesWriter(AlertSeries(rule, state.alerts));
    for (const auto& [labels, alert] : state.alerts) {
      if (alert.state == AlertState::kFiring) {
        firing.push_back(MakeAlert(rule, {AlertEvent::Kind::kFiring, alert}));
      }
    }
  }
  const auto group = std::find_if(stored.groups.begin(), stored.groups.end(),
                                  [this](const auto& each) { return each.first == key_; });
  if (group != stored.groups.end()) {
    before_outage_ = group->second;
  }
  const Seconds duration = deps_.clock.SteadyNow() - start;
  deps_.instruments.Set(kLastRestoreDuration, {key_}, duration.count());
  return firing;
}

void Group::ApplyOutage(Timestamp time) {
  if (before_outage_) {
    for (State& state : states_) {
      state.alerts = AfterOutage(std::move(state.alerts), *before_outage_, time, interval_);
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
    saved = journal_.Save(*deps_.alert_store, key_, time, rules);
  });
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
    }
  }
}

/// The health of a rule with another expression is not known.
void Group::ContinueRule(std::size_t index, Group& before, std::size_t index_before) {
  State& state = states_[index];
  State& old = before.states_[index_before];
  state.alerts = std::exchange(old.alerts, {});
  state.series = std::exchange(old.series, {});
  state.evaluations = std::exchange(old.evaluations, std::make_shared<EvaluationLog>());
  if (QueryOf(definition_.rules[index]) == QueryOf(before.definition_.rules[index_before])) {
    state.health = old.health;
    state.last_error = old.last_error;
    state.evaluation_time = old.evaluation_time;
    state.last_evaluation = old.last_evaluation;
  }
}

void Group::Continue(Group& before) {
  evaluation_time_ = before.evaluation_time_;
  last_evaluation_ = before.last_evaluation_;
  before_outage_ = before.before_outage_;
  journal_ = std::exchange(before.journal_, {});
  removed_series_ = std::exchange(before.removed_series_, {});
  std::unordered_map<std::string_view, std::vector<std::size_t>> by_name;  // In their order.
  for (std::size_t j = 0; j < before.states_.size(); ++j) {
    by_name[NameOf(before.definition_.rules[j])].push_back(j);
  }
  for (std::size_t i = 0; i < states_.size(); ++i) {
    std::vector<std::size_t>& same_name = by_name[NameOf(definition_.rules[i])];
    const auto found = std::find_if(same_name.begin(), same_name.end(), [&](std::size_t j) {
      return IsContinuedBy(before.definition_.rules[j], definition_.rules[i]);
    });
    if (found != same_name.end()) {
      ContinueRule(i, before, *found);
      same_name.erase(found);
    }
  }
  for (const State& state : before.states_) {
    removed_series_.insert(state.series.series().begin(), state.series.series().end());
  }
}

std::vector<Alert> Group::Resolve(Timestamp now) {
  std::vector<Alert> resolved;
  for (std::size_t i = 0; i < states_.size(); ++i) {
    for (const auto& [labels, alert] : states_[i].alerts) {
      if (alert.state != AlertState::kFiring) {
        continue;
      }
      AlertEvent ended{.kind = AlertEvent::Kind::kResolved, .alert = alert};
      ended.alert.state = AlertState::kInactive;
      ended.alert.resolved_at = now;
      deps_.log.Info("alert resolved: its rule was removed", {{"alert", FormatSeries(labels)}});
      resolved.push_back(MakeAlert(std::get<AlertRule>(definition_.rules[i]), ended));
    }
    states_[i].alerts.clear();
  }
  return resolved;
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
    deps_.instruments.Add(kIterations, {key_}, static_cast<double>(count));
    deps_.instruments.Add(kIterationsMissed, {key_}, static_cast<double>(count));
  }
}

void Group::RemoveMetrics() {
  for (const Instrument* instrument : kMetricsFromTheStart) {
    deps_.instruments.Remove(*instrument, {key_});
  }
  for (const Instrument* instrument : {&kRules, &kInterval, &kLastRestoreDuration}) {
    deps_.instruments.Remove(*instrument, {key_});
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
  } else if (state.health == RuleHealth::kError) {
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
  return {.labels = Labels(std::move(labels)),
          .annotations = event.alert.annotations,
          .starts_at = *event.alert.fired_at,
          .ends_at = ends_at,
          .generator_url = GeneratorUrl(deps_.external_url, rule.query),
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

#include "rules/rule_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "rules/find_alerts.h"
#include "rules/generator_url.h"
#include "rules/rule_metrics.h"

namespace hakem::rules {
namespace {

/// Whether a rule that replaces another keeps its alerts.
bool IsContinuedBy(const AlertRule& before, const AlertRule& after) {
  return before.name == after.name &&
         std::equal(before.labels.begin(), before.labels.end(), after.labels.begin(),
                    after.labels.end(), [](const NamedTemplate& left, const NamedTemplate& right) {
                      return left.name == right.name && left.text.source() == right.text.source();
                    });
}

}  // namespace

bool IsDue(std::optional<Duration> interval, std::optional<Timestamp> last, Timestamp now) {
  if (!interval || !last) {
    return true;
  }
  return now.time_since_epoch() / *interval > last->time_since_epoch() / *interval;
}

RuleSet::RuleSet(std::vector<RuleGroup> groups, RuleSetOptions options, Deps deps)
    : options_(std::move(options)), deps_(std::move(deps)) {
  for (RuleGroup& definition : groups) {
    groups_.push_back(MakeGroup(std::move(definition)));
  }
  Publish();
}

RuleSet::Group RuleSet::MakeGroup(RuleGroup definition) const {
  Group group{.file = definition.file,
              .name = definition.name,
              .interval = definition.interval,
              .limit = definition.limit,
              .metric_label = fmt::format("{};{}", definition.file, definition.name),
              .rules = {}};
  for (AlertRule& rule : definition.rules) {
    group.rules.push_back({.definition = std::move(rule)});
  }
  Instruments& counts = deps_.instruments;
  for (const Instrument* counter : {&kEvaluations, &kEvaluationFailures, &kHakemEvaluations,
                                    &kHakemEvaluationFailures, &kIterations, &kIterationsMissed}) {
    counts.Add(*counter, {group.metric_label}, 0);
  }
  counts.Set(kRules, {group.metric_label}, static_cast<double>(group.rules.size()));
  counts.Set(kInterval, {group.metric_label},
             ToSeconds(group.interval.value_or(options_.collection_interval)));
  return group;
}

void RuleSet::Replace(std::vector<RuleGroup> groups) {
  const MutexLock lock(mutex_);
  replacement_ = std::move(groups);
}

void RuleSet::ApplyReplacement(Timestamp now, std::vector<Alert>& changes) {
  std::optional<std::vector<RuleGroup>> replacement;
  {
    const MutexLock lock(mutex_);
    replacement = std::exchange(replacement_, std::nullopt);
  }
  if (!replacement) {
    return;
  }
  std::vector<Group> before = std::exchange(groups_, {});
  for (RuleGroup& definition : *replacement) {
    Group& group = groups_.emplace_back(MakeGroup(std::move(definition)));
    const auto old = std::find_if(before.begin(), before.end(), [&](const Group& each) {
      return each.metric_label == group.metric_label;
    });
    if (old == before.end()) {
      continue;
    }
    group.last_evaluation = old->last_evaluation;
    for (Rule& rule : group.rules) {
      const auto same = std::find_if(old->rules.begin(), old->rules.end(), [&](const Rule& each) {
        return IsContinuedBy(each.definition, rule.definition);
      });
      if (same != old->rules.end()) {
        rule.alerts = std::move(same->alerts);
        old->rules.erase(same);
      }
    }
  }
  for (const Group& group : before) {
    for (const Rule& rule : group.rules) {
      AddResolved(rule, now, changes);
    }
  }
}

/// Resolves the firing alerts of a rule that is gone.
void RuleSet::AddResolved(const Rule& rule, Timestamp now, std::vector<Alert>& changes) const {
  for (const auto& [labels, alert] : rule.alerts) {
    if (alert.state == AlertState::kFiring) {
      AlertEvent ended{.kind = AlertEvent::Kind::kResolved, .alert = alert};
      ended.alert.state = AlertState::kInactive;
      ended.alert.resolved_at = now;
      deps_.log.Info("alert resolved: its rule was removed", {{"alert", FormatSeries(labels)}});
      changes.push_back(MakeAlert(rule.definition, ended));
    }
  }
}

void RuleSet::Evaluate(const tsdb::Queryable& samples, Timestamp now, Duration clock_step) {
  if (clock_step != Duration(0)) {
    MoveTimes(clock_step);
  }
  now = std::max(now, last_evaluation_);
  last_evaluation_ = now;
  std::vector<Alert> changes;
  ApplyReplacement(now, changes);
  for (Group& group : groups_) {
    if (IsDue(group.interval, group.last_evaluation, now)) {
      EvaluateGroup(group, samples, now, changes);
    }
  }
  Publish();
  if (!changes.empty()) {
    deps_.sink(changes);
  }
}

/// Moves all times from which durations are measured by a step of the clock. fired_at stays:
/// receivers were notified of it, and it identifies the incident.
void RuleSet::MoveTimes(Duration step) {
  const auto move = [step](auto& time) {
    if (time) {
      *time += step;
    }
  };
  last_evaluation_ += step;
  for (Group& group : groups_) {
    move(group.last_evaluation);
    for (Rule& rule : group.rules) {
      move(rule.last_evaluation);
      for (auto& [labels, alert] : rule.alerts) {
        alert.active_at += step;
        move(alert.keep_firing_since);
        move(alert.resolved_at);
      }
    }
  }
}

void RuleSet::CountMissed() {
  for (const auto& group : Status()->groups) {
    deps_.instruments.Add(kIterationsMissed, {fmt::format("{};{}", group.file, group.name)});
  }
}

void RuleSet::EvaluateGroup(Group& group, const tsdb::Queryable& samples, Timestamp now,
                            std::vector<Alert>& changes) {
  const SteadyTime start = deps_.clock.SteadyNow();
  for (Rule& rule : group.rules) {
    EvaluateRule(group, rule, samples, now, changes);
  }
  group.evaluation_time = deps_.clock.SteadyNow() - start;
  group.last_evaluation = now;
  Instruments& counts = deps_.instruments;
  counts.Add(kIterations, {group.metric_label});
  counts.Set(kLastDuration, {group.metric_label}, group.evaluation_time.count());
  counts.Set(kLastEvaluation, {group.metric_label}, ToUnixSeconds(now));
}

void RuleSet::EvaluateRule(Group& group, Rule& rule, const tsdb::Queryable& samples, Timestamp now,
                           std::vector<Alert>& changes) {
  const SteadyTime start = deps_.clock.SteadyNow();
  Transition next = NextState(rule.definition.policy, std::move(rule.alerts),
                              FindAlerts(rule.definition, samples, now), now);
  rule.alerts = std::move(next.alerts);
  rule.evaluation_time = deps_.clock.SteadyNow() - start;
  rule.last_evaluation = now;
  UpdateHealth(group, rule, next.error);
  for (const AlertEvent& event : next.events) {
    deps_.log.Info(event.kind == AlertEvent::Kind::kFiring ? "alert fires" : "alert resolved",
                   {{"alert", FormatSeries(event.alert.labels)}, {"value", event.alert.value}});
    changes.push_back(MakeAlert(rule.definition, event));
  }
}

void RuleSet::UpdateHealth(const Group& group, Rule& rule, const std::optional<Error>& error) {
  deps_.instruments.Add(kEvaluations, {group.metric_label});
  deps_.instruments.Add(kHakemEvaluations, {group.metric_label});
  const std::string message = error ? error->message : "";
  if (error) {
    deps_.instruments.Add(kEvaluationFailures, {group.metric_label});
    deps_.instruments.Add(kHakemEvaluationFailures, {group.metric_label});
    if (message != rule.last_error) {
      deps_.log.Warn("rule failed",
                     {{"group", group.name}, {"rule", rule.definition.name}, {"error", message}});
    }
  } else if (rule.health == RuleHealth::kError) {
    deps_.log.Info("rule works again", {{"group", group.name}, {"rule", rule.definition.name}});
  }
  rule.health = error ? RuleHealth::kError : RuleHealth::kOk;
  rule.last_error = message;
}

Alert RuleSet::MakeAlert(const AlertRule& rule, const AlertEvent& event) const {
  std::optional<Timestamp> ends_at = event.alert.resolved_at;
  if (ends_at) {  // The clock may have been set back meanwhile.
    ends_at = std::max(*ends_at, *event.alert.fired_at);
  }
  return {.labels = event.alert.labels,
          .annotations = event.alert.annotations,
          .starts_at = *event.alert.fired_at,
          .ends_at = ends_at,
          .generator_url = GeneratorUrl(options_.external_url, rule.query),
          .value = event.alert.value};
}

void RuleSet::Publish() {
  auto status = std::make_shared<RulesStatus>();
  for (const Group& group : groups_) {
    GroupStatus& shown = status->groups.emplace_back();
    shown.name = group.name;
    shown.file = group.file;
    shown.interval = group.interval.value_or(options_.collection_interval);
    shown.limit = group.limit;
    shown.evaluation_time = group.evaluation_time;
    shown.last_evaluation = group.last_evaluation;
    for (const Rule& rule : group.rules) {
      shown.rules.push_back(StatusOf(rule));
    }
  }
  status_.Set(std::move(status));
}

RuleStatus RuleSet::StatusOf(const Rule& rule) {
  RuleStatus shown;
  shown.name = rule.definition.name;
  shown.query = rule.definition.query;
  shown.policy = rule.definition.policy;
  for (const NamedTemplate& label : rule.definition.labels) {
    shown.labels.emplace(label.name, label.text.source());
  }
  for (const NamedTemplate& annotation : rule.definition.annotations) {
    shown.annotations.emplace(annotation.name, annotation.text.source());
  }
  for (const auto& [labels, alert] : rule.alerts) {
    if (alert.state != AlertState::kInactive) {
      shown.alerts.push_back(alert);
    }
  }
  shown.health = rule.health;
  shown.last_error = rule.last_error;
  shown.evaluation_time = rule.evaluation_time;
  shown.last_evaluation = rule.last_evaluation;
  return shown;
}

}  // namespace hakem::rules

#include "rules/group_continuation.h"

#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <variant>

namespace hakem::rules {
namespace {

/// Appends the firing alerts of a rule as resolved, because it is gone.
void Resolve(const GroupVersion& group, std::size_t index, Timestamp now, const Logger& log,
             std::vector<Alert>& resolved) {
  for (const auto& [labels, alert] : group.state.rules[index].alerts) {
    if (alert.state == AlertState::kFiring) {
      log.Info("alert resolved: its rule was removed", {{"alert", FormatSeries(labels)}});
      const auto& rule = std::get<AlertRule>(group.definition.rules[index]);
      resolved.push_back(group.receivers.Resolved(rule, alert, now));
    }
  }
}

/// Passes on those firing alerts again whose labels for receivers have changed.
void PassOnAnew(const AlertRule& rule, const ReceiverAlerts& receivers, Timestamp now,
                ActiveAlerts& alerts, std::vector<Alert>& changes) {
  for (auto& [labels, alert] : alerts) {
    if (alert.state != AlertState::kFiring) {
      continue;
    }
    Alert fires = receivers.Firing(rule, alert);
    if (alert.sent && alert.sent->labels == fires.labels) {
      continue;
    }
    if (alert.sent) {
      changes.push_back(receivers.Resolved(rule, alert, now));
    }
    alert.sent = SentAs(fires);
    changes.push_back(std::move(fires));
  }
}

/// Returns the names of rules of `before` that no rule of `next` has.
std::vector<std::string> RemovedNames(const RuleGroup& before, const RuleGroup& next) {
  std::unordered_set<std::string_view> names;
  for (const Rule& rule : next.rules) {
    names.insert(NameOf(rule));
  }
  std::vector<std::string> removed;
  for (const Rule& rule : before.rules) {
    if (!names.contains(NameOf(rule))) {
      removed.push_back(NameOf(rule));
    }
  }
  return removed;
}

/// The health of a rule with another expression is not known.
void ContinueRule(RuleState& before, RuleState& next, Continuation::ContinuedRule& plan) noexcept {
  next.alerts = std::move(plan.alerts);
  std::swap(next.series, before.series);
  std::swap(next.evaluations, before.evaluations);
  if (plan.has_same_query) {
    next.health = before.health;
    std::swap(next.last_error, before.last_error);
    std::swap(next.failures, before.failures);
    next.evaluation_time = before.evaluation_time;
    next.last_evaluation = before.last_evaluation;
  }
}

/// Appends a restored alert as firing. If receivers know it under other labels, that one ends.
void PassOnFiring(const AlertRule& rule, const ReceiverAlerts& receivers, Timestamp now,
                  ActiveAlert& alert, std::vector<Alert>& alerts) {
  Alert fires = receivers.Firing(rule, alert);
  if (alert.sent && alert.sent->labels != fires.labels) {
    alerts.push_back(ForReceivers(alert, *alert.sent, std::nullopt));
    alerts.push_back(ForReceivers(alert, *alert.sent, now));
  }
  alert.sent = SentAs(fires);
  alerts.push_back(std::move(fires));
}

}  // namespace

Continuation PlanToContinue(const GroupVersion& before, const GroupVersion& next, Timestamp now,
                            const Logger& log) {
  Continuation plan{.removed_names = RemovedNames(before.definition, next.definition),
                    .removed_series = before.state.removed_series,
                    .changes = before.state.unsent};
  std::unordered_map<std::string_view, std::size_t> by_key;
  for (std::size_t i = 0; i < next.state.rules.size(); ++i) {
    by_key.emplace(next.state.rules[i].key, i);
  }
  for (std::size_t i = 0; i < before.state.rules.size(); ++i) {
    const RuleState& old = before.state.rules[i];
    const auto found = by_key.find(old.key);
    if (found == by_key.end()) {
      Resolve(before, i, now, log, plan.changes);
      plan.removed_series.insert(old.series.series().begin(), old.series.series().end());
      continue;
    }
    const Rule& rule = next.definition.rules[found->second];
    plan.rules.push_back(
        {.index = found->second,
         .index_before = i,
         .has_same_query = BaseOf(rule).query == BaseOf(before.definition.rules[i]).query,
         .alerts = old.alerts});
    if (const auto* const alert_rule = std::get_if<AlertRule>(&rule)) {
      PassOnAnew(*alert_rule, next.receivers, now, plan.rules.back().alerts, plan.changes);
    }
  }
  return plan;
}

void Continue(GroupState& before, GroupState& next, Continuation plan) noexcept {
  next.evaluation_time = before.evaluation_time;
  next.last_evaluation = before.last_evaluation;
  next.before_outage = before.before_outage;
  std::swap(next.journal, before.journal);
  next.removed_series = std::move(plan.removed_series);
  for (Continuation::ContinuedRule& rule : plan.rules) {
    ContinueRule(before.rules[rule.index_before], next.rules[rule.index], rule);
  }
}

std::vector<Alert> ResolveAll(const GroupVersion& gone, Timestamp now, const Logger& log) {
  std::vector<Alert> resolved;
  for (std::size_t i = 0; i < gone.state.rules.size(); ++i) {
    Resolve(gone, i, now, log, resolved);
  }
  return resolved;
}

void PassOnRestored(const RuleGroup& definition, const ReceiverAlerts& receivers, GroupState& state,
                    Timestamp now, std::vector<Alert>& alerts) {
  for (std::size_t i = 0; i < state.rules.size(); ++i) {
    for (auto& [labels, alert] : state.rules[i].alerts) {
      const auto& rule = std::get<AlertRule>(definition.rules[i]);
      if (alert.state == AlertState::kInactive && alert.fired_at) {
        alerts.push_back(receivers.Resolved(rule, alert, alert.resolved_at.value_or(now)));
      } else if (alert.state == AlertState::kFiring) {
        PassOnFiring(rule, receivers, now, alert, alerts);
      }
    }
  }
}

}  // namespace hakem::rules

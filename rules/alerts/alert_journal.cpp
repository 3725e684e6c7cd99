#include "rules/alerts/alert_journal.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace hakem::rules {
namespace {

bool HasAny(std::span<const AlertJournal::RuleAlerts> rules, AlertState state) {
  return std::any_of(rules.begin(), rules.end(), [state](const auto& rule) {
    return std::any_of(rule.alerts.begin(), rule.alerts.end(),
                       [state](const auto& entry) { return entry.second.state == state; });
  });
}

}  // namespace

AlertJournal::Lifetime::Lifetime(const ActiveAlert& alert)
    : state(alert.state),
      active_at(alert.active_at),
      fired_at(alert.fired_at),
      keep_firing_since(alert.keep_firing_since),
      resolved_at(alert.resolved_at),
      kept_until(alert.kept_until),
      sent_labels(alert.sent ? alert.sent->labels : Labels()) {}

AlertJournal::Lifetimes AlertJournal::LifetimesOf(const ActiveAlerts& alerts) {
  Lifetimes lifetimes;
  for (const auto& [labels, alert] : alerts) {
    lifetimes.emplace(labels, Lifetime(alert));
  }
  return lifetimes;
}

void AlertJournal::SetSaved(std::string_view rule, const ActiveAlerts& alerts) {
  if (!alerts.empty()) {
    saved_.insert_or_assign(std::string(rule), LifetimesOf(alerts));
  }
}

/// Adds the alerts of a rule that are new or have changed since `before`; null: it had none.
void AlertJournal::AddChanged(const RuleAlerts& rule, const Lifetimes* before, const Lifetimes& now,
                              std::vector<AlertChange>& changes) {
  for (const auto& [labels, lifetime] : now) {
    const Lifetime* saved = nullptr;
    if (before != nullptr) {
      const auto known = before->find(labels);
      saved = known == before->end() ? nullptr : &known->second;
    }
    if (saved == nullptr || *saved != lifetime) {
      changes.push_back({.rule = rule.rule,
                         .labels = labels,
                         .alert = &rule.alerts.at(labels),
                         .is_transition = saved == nullptr || saved->state != lifetime.state});
    }
  }
}

/// Adds the alerts that are saved, but not among those of `now`.
void AlertJournal::AddForgotten(const Rules& now, std::vector<AlertChange>& changes) const {
  for (const auto& [rule, lifetimes] : saved_) {
    const auto kept = now.find(rule);
    for (const auto& [labels, lifetime] : lifetimes) {
      if (kept == now.end() || !kept->second.contains(labels)) {
        changes.push_back(
            {.rule = rule, .labels = labels, .alert = nullptr, .is_transition = true});
      }
    }
  }
}

/// Whether the time of an evaluation is to be saved although no alert has changed.
bool AlertJournal::NeedsTime(Timestamp time, std::span<const RuleAlerts> rules) {
  if (HasAny(rules, AlertState::kPending)) {
    return true;
  }
  saved_time_ = saved_time_.value_or(time);
  const bool is_late = time < *saved_time_ || time - *saved_time_ >= kLongestUnsaved;
  return is_late && HasAny(rules, AlertState::kFiring);
}

Result<void> AlertJournal::Save(AlertStore& store, std::string_view group, Timestamp time,
                                std::span<const RuleAlerts> rules) {
  Rules now;
  std::vector<AlertChange> changes;
  for (const RuleAlerts& rule : rules) {
    if (rule.alerts.empty()) {
      continue;
    }
    const Lifetimes& lifetimes = now.emplace(rule.rule, LifetimesOf(rule.alerts)).first->second;
    const auto known = saved_.find(rule.rule);
    AddChanged(rule, known == saved_.end() ? nullptr : &known->second, lifetimes, changes);
  }
  AddForgotten(now, changes);
  if (changes.empty() && !NeedsTime(time, rules)) {
    return {};
  }
  Result<void> result = store.Save(group, time, changes);
  if (result) {
    saved_ = std::move(now);
    saved_time_ = time;
  }
  return result;
}

Result<void> AlertJournal::Delete(AlertStore& store, const std::string& group, Timestamp time) {
  std::vector<AlertChange> changes;
  AddForgotten({}, changes);
  Result<void> result = store.DeleteGroups({&group, 1}, time, changes);
  if (result) {
    saved_.clear();
  }
  return result;
}

}  // namespace hakem::rules

#include "rules/alert_journal.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace hakem::rules {
namespace {

bool HasPending(const ActiveAlerts& alerts) {
  return std::any_of(alerts.begin(), alerts.end(), [](const auto& entry) {
    return entry.second.state == AlertState::kPending;
  });
}

}  // namespace

AlertJournal::Lifetime::Lifetime(const ActiveAlert& alert)
    : state(alert.state),
      active_at(alert.active_at),
      fired_at(alert.fired_at),
      keep_firing_since(alert.keep_firing_since),
      resolved_at(alert.resolved_at) {}

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

Result<void> AlertJournal::Save(AlertStore& store, std::string_view group, Timestamp time,
                                std::span<const RuleAlerts> rules) {
  std::map<std::string, Lifetimes, std::less<>> now;
  std::vector<AlertChange> changes;
  bool has_pending = false;
  for (const auto& [rule, alerts] : rules) {
    if (alerts.empty()) {
      continue;
    }
    has_pending = has_pending || HasPending(alerts);
    Lifetimes& lifetimes = now.emplace(rule, LifetimesOf(alerts)).first->second;
    const auto known = saved_.find(rule);
    for (const auto& [labels, lifetime] : lifetimes) {
      const Lifetime* const before =
          known != saved_.end() && known->second.contains(labels) ? &known->second.at(labels)
                                                                  : nullptr;
      if (before == nullptr || *before != lifetime) {
        changes.push_back({.rule = rule,
                           .labels = labels,
                           .alert = &alerts.at(labels),
                           .is_transition = before == nullptr || before->state != lifetime.state});
      }
    }
  }
  for (const auto& [rule, lifetimes] : saved_) {
    const auto kept = now.find(rule);
    for (const auto& [labels, lifetime] : lifetimes) {
      if (kept == now.end() || !kept->second.contains(labels)) {
        changes.push_back(
            {.rule = rule, .labels = labels, .alert = nullptr, .is_transition = true});
      }
    }
  }
  if (changes.empty() && !has_pending) {
    return {};
  }
  Result<void> result = store.Save(group, time, changes);
  if (result) {
    saved_ = std::move(now);
  }
  return result;
}

}  // namespace hakem::rules

#include "rules/exchange.h"

#include <iterator>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace hakem::rules {

Exchange Exchange::Plan(RuleVersion& current, RuleVersion& next, Timestamp now) {
  Exchange exchange;
  std::unordered_map<std::string_view, ScheduledGroup*> before;
  for (const auto& each : current.groups) {
    each->group.MoveTimes(std::exchange(each->clock_step, Duration(0)));
    before.emplace(each->group.id(), each.get());
  }
  for (const auto& each : next.groups) {
    const auto old = before.find(each->group.id());
    if (old == before.end()) {
      exchange.added_.push_back(each.get());
      continue;
    }
    Continuation plan = each->group.PlanToContinue(old->second->group, now);
    std::move(plan.changes.begin(), plan.changes.end(), std::back_inserter(exchange.changes_));
    std::vector<std::string> removed_rules = std::move(plan.removed_names);
    exchange.continued_.push_back(
        {each.get(), old->second, std::move(removed_rules), std::move(plan)});
    before.erase(old);
  }
  for (const auto& each : current.groups) {
    if (before.contains(each->group.id())) {
      exchange.PlanRemoval(*each, now);
    }
  }
  return exchange;
}

/// The alerts of a group that is gone are resolved.
void Exchange::PlanRemoval(ScheduledGroup& gone, Timestamp now) {
  const Group& group = gone.group;
  changes_.insert(changes_.end(), group.unsent().begin(), group.unsent().end());
  std::vector<Alert> resolved = group.Resolve(now);
  std::move(resolved.begin(), resolved.end(), std::back_inserter(changes_));
  if (LabelsSet series = group.Series(); !series.empty()) {
    ended_.push_back({.series = std::move(series),
                      .time = now - group.query_offset(),
                      .due = now + 2 * group.interval()});
  }
  gone_.push_back(&gone);
}

void Exchange::Reserve(std::vector<Alert>& unsent, std::vector<EndedSeries>& ended) const {
  unsent.reserve(unsent.size() + changes_.size());
  ended.reserve(ended.size() + ended_.size());
}

void Exchange::Apply(Timestamp collected, std::vector<Alert>& unsent,
                     std::vector<EndedSeries>& ended) noexcept {
  for (Pair& each : continued_) {
    each.next->schedule.Continue(each.before->schedule);
    each.next->group.Continue(each.before->group, std::move(each.plan));
  }
  for (ScheduledGroup* const added : added_) {
    added->schedule.OnCollection(collected);
  }
  std::move(changes_.begin(), changes_.end(), std::back_inserter(unsent));
  std::move(ended_.begin(), ended_.end(), std::back_inserter(ended));
}

void Exchange::Save(Timestamp now) const {
  for (const Pair& each : continued_) {
    each.next->group.SaveAlerts(now);
    each.next->group.RemoveMetricsOf(each.removed_rules);
  }
  for (ScheduledGroup* const gone : gone_) {
    gone->group.DeleteSaved(now);
  }
}

std::vector<ScheduledGroup*> Exchange::Continued() const {
  std::vector<ScheduledGroup*> groups;
  for (const Pair& each : continued_) {
    groups.push_back(each.next);
  }
  return groups;
}

}  // namespace hakem::rules

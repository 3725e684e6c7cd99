#include "alertmanager/delivery_queue.h"

#include <algorithm>
#include <array>
#include <utility>

#include "model/check.h"

namespace hakem::alertmanager {
namespace {

const std::array<std::string, 1>& GroupBy() {
  static const std::array<std::string, 1> names{"alertname"};
  return names;
}

}  // namespace

DeliveryQueue::DeliveryQueue(std::size_t max_resolved, const std::vector<NotifiedIncident>& before)
    : max_resolved_(max_resolved) {
  for (const NotifiedIncident& incident : before) {
    const IncidentId id = IncidentId::Of(incident.alert);
    notified_.emplace(id, incident.outcome);
    before_.emplace(id, incident.alert);
  }
}

std::size_t DeliveryQueue::Add(std::span<const Alert> alerts, SteadyTime now) {
  for (const Alert& alert : alerts) {
    const Labels key = alert.labels.Only(GroupBy());
    Update(groups_.try_emplace(key, key).first->second, alert);
    Schedule(key, now);
  }
  return DropOldestResolved(now);
}

/// An earlier incident of the alert, from before a restart, is over when the next one fires: the
/// group ends it once it knows it.
void DeliveryQueue::Update(AlertGroup& group, const Alert& alert) {
  const IncidentId id = IncidentId::Of(alert);
  before_.erase(id);
  const auto earlier = before_.lower_bound({id.fingerprint, Timestamp::min()});
  if (alert.firing() && earlier != before_.end() && earlier->first.fingerprint == id.fingerprint) {
    group.Update(earlier->second, notified_.at(earlier->first));
    before_.erase(earlier);
  }
  const auto known = notified_.find(id);
  group.Update(alert, known == notified_.end() ? std::nullopt : std::optional(known->second));
  if (alert.firing() && known == notified_.end()) {
    notified_.emplace(id, Outcome::kWaiting);
    unsaved_.insert(id);
  }
}

std::size_t DeliveryQueue::EndOthers(Timestamp time, SteadyTime now) {
  std::vector<Alert> ended;
  for (auto& [id, alert] : std::exchange(before_, {})) {
    ended.push_back(std::move(alert));
    ended.back().ends_at = std::max(time, id.starts_at);
  }
  return Add(ended, now);
}

/// Updates `groups_` and `waiting_` to the messages that receivers should still get of the group.
void DeliveryQueue::Schedule(const Labels& key, SteadyTime now) {
  const AlertGroup& group = groups_.at(key);
  if (group.Message()) {
    waiting_.try_emplace(key, Attempt{now});
  } else {
    waiting_.erase(key);
  }
  if (group.empty()) {
    groups_.erase(key);
  }
}

std::size_t DeliveryQueue::DropOldestResolved(SteadyTime now) {
  std::size_t resolved = 0;
  for (const auto& [key, group] : groups_) {
    resolved += group.resolved_count();
  }
  std::size_t dropped = 0;
  for (; resolved > max_resolved_; --resolved, ++dropped) {
    const auto fullest =
        std::max_element(groups_.begin(), groups_.end(), [](const auto& a, const auto& b) {
          return a.second.resolved_count() < b.second.resolved_count();
        });
    if (const std::optional<IncidentId> id = fullest->second.DropOldestResolved()) {
      notified_.erase(*id);
      unsaved_.erase(*id);
      dropped_.push_back(*id);
    }
    Schedule(Labels(fullest->first), now);
  }
  return dropped;
}

std::optional<DeliveryQueue::Due> DeliveryQueue::Next(SteadyTime now) const {
  if (now < held_until_) {
    return std::nullopt;
  }
  const auto first =
      std::min_element(waiting_.begin(), waiting_.end(),
                       [](const auto& a, const auto& b) { return a.second.due < b.second.due; });
  if (first == waiting_.end() || now < first->second.due) {
    return std::nullopt;
  }
  auto message = groups_.at(first->first).Message();
  HAKEM_CHECK(message.has_value());
  return Due{*std::move(message), first->second.failures};
}

std::optional<SteadyTime> DeliveryQueue::NextAttempt() const {
  std::optional<SteadyTime> next;
  for (const auto& [key, attempt] : waiting_) {
    next = std::min(next.value_or(attempt.due), attempt.due);
  }
  return next ? std::optional(std::max(*next, held_until_)) : std::nullopt;
}

DeliveryQueue::Change DeliveryQueue::Delivered(const Notification& message) {
  groups_.at(message.group_labels).MarkDelivered();
  RemoveHandled(message);
  return ApplyToNotified(message, Outcome::kDelivered);
}

DeliveryQueue::Change DeliveryQueue::GivenUp(const Notification& message) {
  groups_.at(message.group_labels).MarkGivenUp();
  RemoveHandled(message);
  return ApplyToNotified(message, Outcome::kRefused);
}

DeliveryQueue::Change DeliveryQueue::ApplyToNotified(const Notification& message, Outcome outcome) {
  Change change;
  for (const Alert& alert : message.firing) {
    const IncidentId id = IncidentId::Of(alert);
    unsaved_.erase(id);
    Outcome& known = notified_.try_emplace(id, Outcome::kWaiting).first->second;
    if (known < outcome) {
      known = outcome;
      change.firing.push_back({alert, outcome});
    }
  }
  for (const Alert& alert : message.resolved) {
    const IncidentId id = IncidentId::Of(alert);
    unsaved_.erase(id);
    notified_.erase(id);
    change.ended.push_back(id);
  }
  return change;
}

DeliveryQueue::Change DeliveryQueue::TakeUnsaved() {
  Change change{.ended = std::exchange(dropped_, {})};
  if (unsaved_.empty()) {
    return change;
  }
  for (const auto& [key, attempt] : waiting_) {
    const std::optional<Notification> message = groups_.at(key).Message();
    HAKEM_CHECK(message.has_value());
    for (const std::vector<Alert>* const alerts : {&message->firing, &message->resolved}) {
      for (const Alert& alert : *alerts) {
        if (unsaved_.contains(IncidentId::Of(alert))) {
          change.firing.push_back({alert, Outcome::kWaiting});
          change.firing.back().alert.ends_at.reset();
        }
      }
    }
  }
  unsaved_.clear();
  return change;
}

void DeliveryQueue::RemoveHandled(const Notification& message) {
  waiting_.erase(message.group_labels);
  if (groups_.at(message.group_labels).empty()) {
    groups_.erase(message.group_labels);
  }
}

void DeliveryQueue::Failed(const Notification& message, SteadyTime retry_at) {
  Attempt& attempt = waiting_.at(message.group_labels);
  attempt.due = retry_at;
  ++attempt.failures;
}

}  // namespace hakem::alertmanager

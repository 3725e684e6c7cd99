#include "alertmanager/delivery_queue.h"

#include <algorithm>
#include <array>

#include "model/check.h"

namespace hakem::alertmanager {
namespace {

const std::array<std::string, 1>& GroupBy() {
  static const std::array<std::string, 1> names{"alertname"};
  return names;
}

}  // namespace

std::size_t DeliveryQueue::Add(std::span<const Alert> alerts, SteadyTime now) {
  for (const Alert& alert : alerts) {
    const Labels key = alert.labels.Only(GroupBy());
    const auto before = notified_.find(IncidentId::Of(alert));
    groups_.try_emplace(key, key).first->second.Update(
        alert, before == notified_.end() ? std::nullopt : std::optional(before->second));
    Schedule(key, now);
  }
  return DropOldestResolved(now);
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
    fullest->second.DropOldestResolved();
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
  return ApplyToNotified(message, Notified::kDelivered);
}

DeliveryQueue::Change DeliveryQueue::GivenUp(const Notification& message) {
  groups_.at(message.group_labels).MarkGivenUp();
  RemoveHandled(message);
  return ApplyToNotified(message, Notified::kRefused);
}

DeliveryQueue::Change DeliveryQueue::ApplyToNotified(const Notification& message,
                                                     Notified outcome) {
  Change change;
  for (const Alert& alert : message.firing) {
    const IncidentId id = IncidentId::Of(alert);
    Notified& notified = notified_.try_emplace(id, Notified::kRefused).first->second;
    notified = std::max(notified, outcome);
    change.firing.emplace(id, notified);
  }
  for (const Alert& alert : message.resolved) {
    const IncidentId id = IncidentId::Of(alert);
    notified_.erase(id);
    change.ended.push_back(id);
  }
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

#include "rules/due_groups.h"

#include <utility>

namespace hakem::rules {

void DueGroups::Queue::Add(ScheduledGroup& group) {
  (first_ == nullptr ? first_ : last_->next_due) = &group;
  last_ = &group;
}

ScheduledGroup& DueGroups::Queue::Take() {
  ScheduledGroup& group = *first_;
  first_ = std::exchange(group.next_due, nullptr);
  return group;
}

void DueGroups::Add(ScheduledGroup& group) {
  if (!group.schedule.is_due() || group.busy_since || std::exchange(group.is_queued, true)) {
    return;
  }
  (group.schedule.has_slots() ? in_slots_ : on_collection_).Add(group);
}

ScheduledGroup& DueGroups::Take() {
  const bool takes_slot = on_collection_.empty() || (is_turn_of_slots_ && !in_slots_.empty());
  is_turn_of_slots_ = !takes_slot && !in_slots_.empty();
  ScheduledGroup& group = (takes_slot ? in_slots_ : on_collection_).Take();
  group.is_queued = false;
  return group;
}

}  // namespace hakem::rules

#pragma once

#include "rules/scheduled_group.h"

namespace hakem::rules {

/// The groups that are due and not being evaluated. Adding one takes no memory.
class DueGroups {
 public:
  /// Does nothing if the group is not due, is being evaluated or was added before. The group
  /// outlives its stay here.
  void Add(ScheduledGroup& group);

  /// Takes the next group. Those that wait for a collection come first, so that nothing delays
  /// their alerts; but when groups on a schedule wait too, the two kinds take turns, so that
  /// neither waits for ever. Within a kind, the order is that in which they became due. Requires:
  /// not empty.
  ScheduledGroup& Take();

  bool empty() const { return on_collection_.empty() && in_slots_.empty(); }

 private:
  class Queue {
   public:
    void Add(ScheduledGroup& group);
    ScheduledGroup& Take();

    bool empty() const { return first_ == nullptr; }

   private:
    ScheduledGroup* first_ = nullptr;
    ScheduledGroup* last_ = nullptr;
  };

  Queue on_collection_;
  Queue in_slots_;
  bool is_turn_of_slots_ = false;  ///< Whether a group on a schedule was passed over.
};

}  // namespace hakem::rules

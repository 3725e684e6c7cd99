#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "model/time.h"
#include "rules/files/rule_file.h"
#include "rules/group.h"
#include "rules/schedule/schedule.h"
#include "rules/status.h"

namespace hakem::rules {

/// A group and when it is evaluated. While busy_since is set, one thread uses `group` without the
/// mutex of the RuleSet, which guards all else.
struct ScheduledGroup {
  ScheduledGroup(RuleGroup definition, Duration interval, Group::Deps deps,
                 std::optional<Slots> slots)
      : group(std::move(definition), interval, std::move(deps)),
        schedule(slots),
        status(std::make_shared<const GroupStatus>(group.Status())) {}

  Group group;
  Schedule schedule;
  Duration clock_step{0};  ///< Steps of the clock to which the group has not yet adjusted.
  std::optional<SteadyTime> busy_since = {};
  std::shared_ptr<const GroupStatus> status;  ///< After the last evaluation.
  ScheduledGroup* next_due = nullptr;         ///< The one behind it in a queue of DueGroups.
  bool is_queued = false;                     ///< Whether it is in one.
};

}  // namespace hakem::rules

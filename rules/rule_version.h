#pragma once

#include <memory>
#include <vector>

#include "model/time.h"
#include "promql/evaluation/shared_values.h"
#include "rules/files/rule_file.h"
#include "rules/group.h"
#include "rules/scheduled_group.h"

namespace hakem::rules {

/// The groups of one version of the rule files, and what their expressions share.
struct RuleVersion {
  /// `collection_interval`: the interval of groups that have none of their own.
  RuleVersion(std::vector<RuleGroup> definitions, Duration collection_interval,
              const Group::Deps& deps);

  std::vector<std::unique_ptr<ScheduledGroup>> groups;
  promql::SharedExpressions shared_expressions;
};

}  // namespace hakem::rules

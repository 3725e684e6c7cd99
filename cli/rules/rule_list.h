#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"
#include "rules/status.h"

namespace hakem::cli {

/// A rule of a running Hakem or Prometheus.
struct ListedRule {
  std::string group;
  std::string file;
  rules::RuleStatus rule;
};

/// Reads the answer of `/api/v1/rules`. Only what that answer has is set. Errors: kUnavailable if
/// it is another answer.
Result<std::vector<ListedRule>> ReadRules(std::string_view json);

}  // namespace hakem::cli

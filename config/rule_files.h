#pragma once

#include <string>
#include <vector>

#include "model/result.h"
#include "rules/rule_file.h"

namespace hakem::config {

/// Reads the rule files that match the patterns (`rules/*.yml`) and returns their groups, in the
/// order of the files' names. Without a pattern the shipped rules are returned.
/// Errors: kInvalidInput: a file that cannot be read or is no rule file, or a name without
/// wildcards that no file has.
Result<std::vector<rules::RuleGroup>> LoadRuleFiles(const std::vector<std::string>& patterns,
                                                    promql::Features features);

}  // namespace hakem::config

#pragma once

#include <vector>

#include "config/config.h"
#include "model/result.h"
#include "rules/files/rule_file.h"

namespace hakem::config {

/// Reads the rule files that the configuration names (`rules/*.yml`), or the shipped rules if it
/// names none, and applies its settings to them. The groups are in the order of the files' names.
/// Errors: kInvalidInput: a file that cannot be read or is no rule file, a name without wildcards
/// that no file has, or a disabled rule that does not exist.
Result<std::vector<rules::RuleGroup>> LoadRuleFiles(const Config& config);

}  // namespace hakem::config

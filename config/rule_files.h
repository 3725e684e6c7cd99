#pragma once

#include <string>
#include <vector>

#include "model/result.h"
#include "rules/rule_file.h"

namespace hakem::exporter {

/// All groups of the rule files that the patterns (`rules/*.yml`) name, files by name; without a
/// pattern the shipped ones. Errors: kInvalidInput: a file that cannot be read or is no rule file,
/// or a name, without * or ?, that no file has.
Result<std::vector<rules::RuleGroup>> LoadRuleFiles(const std::vector<std::string>& patterns,
                                                    promql::Features features);

}  // namespace hakem::exporter

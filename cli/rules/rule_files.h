#pragma once

#include <string>
#include <vector>

#include "model/result.h"
#include "ruletools/files/rule_file_text.h"

namespace hakem::cli {

/// The rule files of a test file.
struct FoundRuleFiles {
  std::vector<ruletools::RuleFileText> files;  ///< Each once.
  std::vector<std::string> unmatched;          ///< Patterns that no file matches.
};

/// Reads the files that match the patterns, which may have wildcards and are relative to the folder
/// of `test_file`. Errors: those of ReadFile; kInvalidInput: a wrong pattern, or
/// too many files; kUnavailable: a folder that cannot be searched.
Result<FoundRuleFiles> ReadRuleFiles(const std::string& test_file,
                                     const std::vector<std::string>& patterns);

}  // namespace hakem::cli

#pragma once

#include <span>
#include <string>
#include <vector>

#include "promql/syntax/features.h"
#include "ruletools/check/catalogue.h"
#include "ruletools/check/hints.h"
#include "ruletools/files/rule_file_text.h"

namespace hakem::ruletools {

struct CheckOptions {
  promql::Features features = {};     ///< The experimental features that expressions may use.
  bool ignores_unknown_keys = false;  ///< Whether keys that rule files do not have are skipped.
  bool finds_duplicates = true;
  bool finds_hints = true;
};

/// What the check of a rule file has found.
struct CheckedFile {
  std::string path;
  std::size_t rules = 0;
  std::vector<std::string> errors = {};  ///< Why the file would be refused; with their positions.
  std::vector<Hint> hints = {};          ///< Only of a file without errors.
};

/// Checks rule files that are loaded together: what one of them records is known in all. Pure.
std::vector<CheckedFile> CheckFiles(std::span<const RuleFileText> files, Catalogue catalogue,
                                    const CheckOptions& options = {});

/// Formats a file's result for people: a line for the file, then its errors or hints.
std::string FormatCheck(const CheckedFile& file);

/// Formats the results as JSON: `{"files": [{"file", "rules", "errors": [text],
/// "hints": [{"place", "message"}]}]}`.
std::string CheckJson(std::span<const CheckedFile> files);

}  // namespace hakem::ruletools

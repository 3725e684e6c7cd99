#include "exporter/config/rule_files.h"

#include <glob.h>

#include <iterator>
#include <set>

#include "exporter/config/environment.h"
#include "rules/definitions.h"

namespace hakem::exporter {
namespace {

/// The pattern's files; the pattern itself when it is a plain name, whether there is such a file or
/// not.
std::vector<std::string> FilesOf(const std::string& pattern) {
  if (pattern.find_first_of("*?[") == pattern.npos) {
    return {pattern};
  }
  glob_t found{};
  std::vector<std::string> files;
  if (glob(pattern.c_str(), 0, nullptr, &found) == 0) {
    files.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  }
  globfree(&found);
  return files;
}

}  // namespace

Result<std::vector<rules::RuleGroup>> LoadRuleFiles(const std::vector<std::string>& patterns,
                                                    promql::Features features) {
  if (patterns.empty()) {
    return rules::ParseRuleFile(rules::kGamingRules, rules::kGamingRulesFile, features);
  }
  std::set<std::string> files;
  for (const std::string& pattern : patterns) {
    const std::vector<std::string> found = FilesOf(pattern);
    files.insert(found.begin(), found.end());
  }
  std::vector<rules::RuleGroup> all;
  for (const std::string& file : files) {
    auto groups = ReadFile(file).and_then(
        [&](const std::string& text) { return rules::ParseRuleFile(text, file, features); });
    if (!groups) {
      return groups;
    }
    std::move(groups->begin(), groups->end(), std::back_inserter(all));
  }
  return all;
}

}  // namespace hakem::exporter

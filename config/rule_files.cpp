#include "config/rule_files.h"

#include <fmt/format.h>
#include <glob.h>

#include <cerrno>
#include <cstring>
#include <iterator>
#include <set>

#include "model/read_file.h"
#include "rules/files/definitions.h"
#include "rules/files/rule_settings.h"

namespace hakem::config {
namespace {

/// Returns the files that match the pattern. A pattern without wildcards is returned as it is,
/// whether the file exists or not.
Result<std::vector<std::string>> FilesOf(const std::string& pattern) {
  if (pattern.find_first_of("*?[") == pattern.npos) {
    return std::vector<std::string>{pattern};
  }
  // A missing folder has no files. A folder that cannot be read is an error: otherwise its alerts
  // would silently disappear.
  const auto is_fatal = [](const char*, int error) {
    return error == ENOENT || error == ENOTDIR ? 0 : 1;
  };
  glob_t found{};
  std::vector<std::string> files;
  errno = 0;
  const int status = glob(pattern.c_str(), 0, is_fatal, &found);
  const int cause = errno;
  if (status == 0) {
    files.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  }
  globfree(&found);
  if (status != 0 && status != GLOB_NOMATCH) {
    return Fail(ErrorCode::kInvalidInput,
                fmt::format("cannot look for rule files {}: {}", pattern,
                            cause != 0 ? std::strerror(cause) : "out of memory"));
  }
  return files;
}

/// Reads the files that match the patterns: all of them, or the first error.
Result<std::vector<rules::RuleGroup>> ReadAll(const std::vector<std::string>& patterns,
                                              promql::Features features) {
  std::set<std::string> files;
  for (const std::string& pattern : patterns) {
    const Result<std::vector<std::string>> found = FilesOf(pattern);
    if (!found) {
      return Fail(found.error());
    }
    files.insert(found->begin(), found->end());
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

}  // namespace

Result<std::vector<rules::RuleGroup>> LoadRuleFiles(const Config& config) {
  auto groups = config.rule_files.empty() ? rules::ParseShippedRules(config.features)
                                          : ReadAll(config.rule_files, config.features);
  if (!groups) {
    return groups;
  }
  return rules::ApplySettings(*std::move(groups), config.rules, config.collect.fast);
}

}  // namespace hakem::config

#include "cli/rules/rule_files.h"

#include <fmt/format.h>
#include <glob.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "model/read_file.h"

namespace hakem::cli {
namespace {

constexpr std::size_t kMostFiles = 10'000;

/// The files that match a pattern, sorted. A pattern without wildcards matches the file itself.
std::vector<std::string> Matches(const std::string& pattern) {
  glob_t found{};
  std::vector<std::string> files;
  if (glob(pattern.c_str(), 0, nullptr, &found) == 0) {
    files.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  }
  globfree(&found);
  return files;
}

bool Has(const std::vector<ruletools::RuleFileText>& files, const std::string& path) {
  return std::any_of(files.begin(), files.end(),
                     [&path](const auto& file) { return file.path == path; });
}

}  // namespace

Result<FoundRuleFiles> ReadRuleFiles(const std::string& test_file,
                                     const std::vector<std::string>& patterns) {
  const std::filesystem::path folder = std::filesystem::path(test_file).parent_path();
  FoundRuleFiles found;
  for (const std::string& pattern : patterns) {
    const std::string path = (folder / pattern).lexically_normal();
    const std::vector<std::string> matches = Matches(path);
    if (matches.empty()) {
      found.unmatched.push_back(path);
    }
    for (const std::string& match : matches) {
      if (Has(found.files, match)) {
        continue;
      }
      Result<std::string> text = ReadFile(match);
      if (!text) {
        return Fail(text.error());
      }
      if (found.files.size() == kMostFiles) {
        return Fail(ErrorCode::kInvalidInput,
                    fmt::format("{}: more than {} rule files", test_file, kMostFiles));
      }
      found.files.push_back({match, *std::move(text)});
    }
  }
  return found;
}

}  // namespace hakem::cli

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

/// Whether a `[` is never closed: for glob() it would be an ordinary character.
bool HasUnclosedBracket(const std::string& pattern) {
  const std::size_t open = pattern.rfind('[');
  return open != pattern.npos && (open == 0 || pattern[open - 1] != '\\') &&
         pattern.find(']', open) == pattern.npos;
}

/// The files that match a pattern, sorted. A pattern without wildcards matches the file itself.
Result<std::vector<std::string>> Matches(const std::string& pattern) {
  if (HasUnclosedBracket(pattern)) {
    return Fail(ErrorCode::kInvalidInput, pattern + ": the bracket of the pattern is not closed");
  }
  glob_t found{};
  const int failed = glob(pattern.c_str(), 0, nullptr, &found);
  std::vector<std::string> files;
  if (failed == 0) {
    files.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  }
  globfree(&found);
  if (failed != 0 && failed != GLOB_NOMATCH) {
    return Fail(ErrorCode::kUnavailable, pattern + ": the folder cannot be searched");
  }
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
    const Result<std::vector<std::string>> matches = Matches(path);
    if (!matches) {
      return Fail(matches.error());
    }
    if (matches->empty()) {
      found.unmatched.push_back(path);
    }
    for (const std::string& match : *matches) {
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

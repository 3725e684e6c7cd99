#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "model/result.h"

namespace hakem {

struct RegexProgram;

/// A regular expression in RE2's syntax. It is anchored at both ends and `.` matches newlines too,
/// as in the matchers of PromQL and Alertmanager. Immutable, cheap to copy, thread-safe.
class Regex {
 public:
  /// Errors: kInvalidInput with RE2's reason.
  static Result<Regex> Compile(std::string_view pattern);

  bool Matches(std::string_view text) const;

  /// Returns `replacement` with `$1`, `${1}` and `${name}` replaced by the text of the groups and
  /// `$$` by a dollar sign, as Go's Regexp.Expand does. Returns nothing when `text` does not match.
  std::optional<std::string> Expand(std::string_view text, std::string_view replacement) const;

  const std::string& pattern() const { return pattern_; }

 private:
  Regex(std::string pattern, std::shared_ptr<const RegexProgram> program);

  std::string pattern_;
  std::shared_ptr<const RegexProgram> program_;
};

}  // namespace hakem

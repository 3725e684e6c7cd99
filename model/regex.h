#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "model/result.h"

namespace hakem {

/// A regular expression in RE2's syntax, fully anchored, `.` matching newline too: as PromQL's and
/// Alertmanager's matchers use them. Immutable, cheap to copy, thread-safe.
class Regex {
 public:
  /// Errors: kInvalidInput with RE2's reason.
  static Result<Regex> Compile(std::string_view pattern);

  bool Matches(std::string_view text) const;

  /// The replacement with `$1`, `${1}` and `${name}` in it replaced by what the groups matched and
  /// `$$` by a dollar sign, as Go's Regexp.Expand does; nothing when the text does not match.
  std::optional<std::string> Expand(std::string_view text, std::string_view replacement) const;

  const std::string& pattern() const { return pattern_; }

 private:
  struct Program;
  Regex(std::string pattern, std::shared_ptr<const Program> program);

  std::string pattern_;
  std::shared_ptr<const Program> program_;
};

}  // namespace hakem

#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "model/result.h"

namespace hakem {

/// A compiled regular expression.
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

/// A regular expression in RE2's syntax, used as Go's regexp package does: it may match anywhere in
/// a text, and `.` does not match newlines. Immutable, cheap to copy, thread-safe.
class RegexSearch {
 public:
  /// What a replacement may cost.
  struct Limits {
    std::size_t bytes;  ///< The longest result.
    std::size_t work;   ///< The most bytes to be read; each match may read all that follow.
  };

  struct Replacement {
    std::string text;
    std::size_t work = 0;  ///< What it cost; see Limits::work.
  };

  /// The compiled expression takes at most 1 MiB.
  /// Errors: kInvalidInput with RE2's reason.
  static Result<RegexSearch> Compile(std::string_view pattern);

  bool Matches(std::string_view text) const;

  /// Returns the text with each match replaced, as Go's Regexp.ReplaceAllString does; see
  /// Regex::Expand for the form of a replacement. Errors: kInvalidInput when a limit is exceeded.
  Result<Replacement> ReplaceAll(std::string_view text, std::string_view replacement,
                                 Limits limits) const;

 private:
  explicit RegexSearch(std::shared_ptr<const RegexProgram> program);

  std::shared_ptr<const RegexProgram> program_;
};

}  // namespace hakem

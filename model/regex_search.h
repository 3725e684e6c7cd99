#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "model/result.h"

namespace hakem {

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
  struct Program;
  explicit RegexSearch(std::shared_ptr<const Program> program);

  std::shared_ptr<const Program> program_;
};

}  // namespace hakem

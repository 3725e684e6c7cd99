#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "model/result.h"

namespace hakem {

struct RegexProgram;

/// A regular expression in RE2's syntax, used as Go's regexp package does: it may match anywhere in
/// a text, and `.` does not match newlines. Immutable, cheap to copy, thread-safe.
class RegexSearch {
 public:
  /// What a replacement may cost.
  struct Limits {
    std::size_t bytes;  ///< The longest result.
    std::size_t work;   ///< The most bytes to be read; each match may read all that follow.
    /// Called before each search with the bytes that it may read. May throw to end the replacement.
    std::function<void(std::size_t bytes)> before_search = {};
  };

  struct Replacement {
    std::string text;
    std::size_t work = 0;  ///< What it cost; see Limits::work.
  };

  /// The compiled expression takes at most 1 MiB.
  /// Errors: kInvalidInput with RE2's reason.
  static Result<RegexSearch> Compile(std::string_view pattern);

  /// What a byte of a text may cost at worst: the steps of the compiled expression. Each of them
  /// takes about 10 ns if RE2 has to give up its automaton, because that would become too large.
  std::size_t match_steps() const;

  /// What a byte may cost a replacement: more than a match, because it copies the groups' places.
  std::size_t replacement_steps() const;

  bool Matches(std::string_view text) const;

  /// Returns the text with each match replaced, as Go's Regexp.ReplaceAllString does; see
  /// Regex::Expand for the form of a replacement. Errors: kInvalidInput when a limit is exceeded.
  Result<Replacement> ReplaceAll(std::string_view text, std::string_view replacement,
                                 const Limits& limits) const;

 private:
  explicit RegexSearch(std::shared_ptr<const RegexProgram> program);

  std::shared_ptr<const RegexProgram> program_;
};

}  // namespace hakem

#pragma once

#include <memory>
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

  const std::string& pattern() const { return pattern_; }

 private:
  struct Program;
  Regex(std::string pattern, std::shared_ptr<const Program> program);

  std::string pattern_;
  std::shared_ptr<const Program> program_;
};

}  // namespace hakem

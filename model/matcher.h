#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/labels.h"
#include "model/regex.h"
#include "model/result.h"

namespace hakem {

enum class MatchOp { kEqual, kNotEqual, kRegex, kNotRegex };

/// "=", "!=", "=~", "!~"
std::string_view ToString(MatchOp op);

/// A condition on one label, in which a missing label has the value "". Immutable.
class Matcher {
 public:
  /// Errors: kInvalidInput when `value` is not a regular expression and `op` needs one.
  static Result<Matcher> Make(std::string_view name, MatchOp op, std::string_view value);

  bool Matches(std::string_view value) const;

  bool Matches(const Labels& labels) const { return Matches(labels.Get(name_)); }

  const std::string& name() const { return name_; }

  MatchOp op() const { return op_; }

  const std::string& value() const { return value_; }

 private:
  Matcher(std::string name, MatchOp op, std::string value, std::optional<Regex> regex);

  std::string name_;
  MatchOp op_;
  std::string value_;
  std::optional<Regex> regex_;
};

}  // namespace hakem

#pragma once

#include <string>
#include <utility>

namespace hakem {

/// A password, token or webhook address. It has no formatter and no conversion, so that code that
/// would print it into a log line, a message or a page does not compile.
class Secret {
 public:
  Secret() = default;

  explicit Secret(std::string value) : value_(std::move(value)) {}

  /// Returns the text itself, for the one call that sends it to the other side.
  const std::string& Reveal() const { return value_; }

  bool empty() const { return value_.empty(); }

  /// Returns what may be printed instead: "<secret>", or "" for an empty secret.
  std::string Masked() const;

 private:
  std::string value_;
};

}  // namespace hakem

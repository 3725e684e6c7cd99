#pragma once

#include <string>
#include <utility>

namespace hakem {

/// A password, token or webhook address. Has no formatter and no conversion: it does not compile in
/// a log line, a message or a page.
class Secret {
 public:
  Secret() = default;

  explicit Secret(std::string value) : value_(std::move(value)) {}

  /// The text itself, for the one call that sends it to the other side.
  const std::string& Reveal() const { return value_; }

  bool empty() const { return value_.empty(); }

  /// What may be shown in its place: "<secret>", or "" when there is none.
  std::string Masked() const;

 private:
  std::string value_;
};

}  // namespace hakem

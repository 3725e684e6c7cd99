#pragma once

#include <cstddef>
#include <exception>
#include <string>
#include <string_view>
#include <utility>

#include "gotemplate/limits/limits.h"

namespace hakem::gotemplate {

/// Thrown inside an expansion that exceeds a limit; Template::Expand reports it as an error.
class LimitExceeded : public std::exception {
 public:
  explicit LimitExceeded(std::string message) : message_(std::move(message)) {}

  const char* what() const noexcept override { return message_.c_str(); }

 private:
  std::string message_;
};

/// The steps that are left for an expansion.
class Budget {
 public:
  /// Throws LimitExceeded when fewer steps are left.
  void Spend(std::size_t steps);

  /// Spends the steps of reading or writing so many bytes, at least one.
  void SpendOnBytes(std::size_t bytes) { Spend(1 + bytes / kBytesPerStep); }

 private:
  std::size_t left_ = kMaxSteps;
};

/// A text that is built piece by piece and never grows beyond kMaxTextBytes.
class LimitedText {
 public:
  /// Both throw LimitExceeded.
  void Append(std::string_view piece);
  void Append(std::size_t count, char c);

  const std::string& text() const { return text_; }

  std::string Take() { return std::move(text_); }

 private:
  void MakeRoom(std::size_t bytes) const;

  std::string text_;
};

}  // namespace hakem::gotemplate

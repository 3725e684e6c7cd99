#pragma once

#include <cstddef>
#include <exception>
#include <functional>
#include <optional>
#include <utility>

#include "model/result.h"

namespace hakem {

/// Thrown by CheckInterrupted where nobody waits any longer for what a thread does.
class Interrupted : public std::exception {
 public:
  explicit Interrupted(Error error) : error_(std::move(error)) {}

  const char* what() const noexcept override { return error_.message.c_str(); }

  const Error& error() const { return error_; }

 private:
  Error error_;
};

/// For as long as it lives, what its thread does can be interrupted.
class Interruption {
 public:
  /// Why to end now; nothing: go on. Asked now and then, by the thread itself.
  using Reason = std::function<std::optional<Error>()>;

  explicit Interruption(Reason reason);
  ~Interruption();

  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

 private:
  friend void CheckInterrupted();

  const Reason reason_;
  std::size_t calls_ = 0;
};

/// Throws Interrupted when this thread's work has become pointless; never in a thread that has no
/// Interruption, such as those that collect and evaluate rules. So cheap that loops over series
/// and values call it each time; it looks every 64th time.
void CheckInterrupted();

}  // namespace hakem

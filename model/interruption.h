#pragma once

#include <cstddef>
#include <exception>
#include <functional>
#include <optional>
#include <utility>

#include "model/result.h"

namespace hakem {

/// Thrown by CheckInterrupted when nobody waits for the thread's result any longer.
class Interrupted : public std::exception {
 public:
  explicit Interrupted(Error error) : error_(std::move(error)) {}

  const char* what() const noexcept override { return error_.message.c_str(); }

  const Error& error() const { return error_; }

 private:
  Error error_;
};

/// While it lives, the work of its thread can be interrupted.
class Interruption {
 public:
  /// Returns why the work should end now, or nothing. Called now and then by the same thread.
  using Reason = std::function<std::optional<Error>()>;

  explicit Interruption(Reason reason);
  ~Interruption();

  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

 private:
  friend void CheckInterrupted();
  friend void CheckInterruptedNow();

  const Reason reason_;
  std::size_t calls_ = 0;
};

/// Throws Interrupted when this thread's Interruption returns a reason. Does nothing in threads
/// without one, such as those that collect. Cheap enough to be called for each
/// series and value: it asks at every 64th call only.
void CheckInterrupted();

/// The same check, made at each call: for loops that call it seldom enough.
void CheckInterruptedNow();

}  // namespace hakem

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>

#include "model/clock.h"
#include "model/log.h"
#include "model/mutex.h"

namespace hakem::web {

/// A logger for lines that clients cause. Writes at most kLinesPerSecond lines of each message, so
/// that clients cannot fill a disk. The next line of a message is followed by one with the number
/// of lines that were dropped. Thread-safe.
class ClientLog {
 public:
  static constexpr int kLinesPerSecond = 10;

  /// `clock` outlives it.
  explicit ClientLog(Logger log, const Clock& clock = SystemClock());

  /// `message` must be a constant text, since each one has its own limit. Values that clients chose
  /// must be shortened by Cut() of format/utf8.h.
  void Warn(std::string_view message, std::initializer_list<LogField> fields);
  void Info(std::string_view message, std::initializer_list<LogField> fields);
  void Error(std::string_view message, std::initializer_list<LogField> fields);

 private:
  struct Second {
    SteadyTime begin{};
    int lines = 0;
    std::size_t left_out = 0;
  };

  /// Returns how many lines of this message were dropped since the last one; -1: drop this one too.
  std::int64_t Admit(std::string_view message) EXCLUDES(mutex_);

  template <typename Write>
  void Limit(std::string_view message, std::initializer_list<LogField> fields, Write write);

  const Logger log_;
  const Clock& clock_;
  Mutex mutex_;
  std::map<std::string, Second, std::less<>> seconds_ GUARDED_BY(mutex_);
};

}  // namespace hakem::web

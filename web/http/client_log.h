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

/// At most `limit` bytes of what a client sent, for a log line or an answer: cut at a character of
/// UTF-8, with `…` in place of the rest.
std::string Cut(std::string_view text, std::size_t limit = 200);

/// A logger for lines that clients cause: at most kLinesPerSecond of each message a second, so that
/// nobody fills a disk by asking. What was left out is counted in a line after the next of that
/// message. Thread-safe; shared by reference.
class ClientLog {
 public:
  static constexpr int kLinesPerSecond = 10;

  /// `clock` outlives it.
  explicit ClientLog(Logger log, const Clock& clock = SystemClock());

  /// `message` is constant; it is the kind of the line. Values that a client chose come through
  /// Cut.
  void Warn(std::string_view message, std::initializer_list<LogField> fields);
  void Info(std::string_view message, std::initializer_list<LogField> fields);
  void Error(std::string_view message, std::initializer_list<LogField> fields);

 private:
  struct Second {
    SteadyTime begin{};
    int lines = 0;
    std::size_t left_out = 0;
  };

  /// How many lines of the kind were left out since the last one; -1: this one is left out too.
  std::int64_t Admit(std::string_view message) EXCLUDES(mutex_);

  template <typename Write>
  void Limit(std::string_view message, std::initializer_list<LogField> fields, Write write);

  const Logger log_;
  const Clock& clock_;
  Mutex mutex_;
  std::map<std::string, Second, std::less<>> seconds_ GUARDED_BY(mutex_);
};

}  // namespace hakem::web

#pragma once

#include <fmt/format.h>

#include <concepts>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "model/result.h"

namespace hakem {

enum class LogLevel { kDebug, kInfo, kWarn, kError };
enum class LogFormat { kLogfmt, kJson };

/// One `key=value` of a log line. Accepts text, numbers, booleans and error codes. A Secret does
/// not compile.
struct LogField {
  LogField(std::string_view field_key, std::string_view text) : key(field_key), value(text) {}

  LogField(std::string_view field_key, const char* text) : key(field_key), value(text) {}

  LogField(std::string_view field_key, const std::string& text) : key(field_key), value(text) {}

  LogField(std::string_view field_key, ErrorCode code) : key(field_key), value(ToString(code)) {}

  LogField(std::string_view field_key, bool flag)
      : key(field_key), value(flag ? "true" : "false"), quoted(false) {}

  template <typename Number>

  requires std::integral<Number> || std::floating_point<Number> LogField(std::string_view field_key,
                                                                         Number number)
      : key(field_key), value(fmt::format("{}", number)), quoted(false) {}

  std::string_view key;
  std::string value;
  bool quoted = true;  ///< Whether the JSON format writes it as a string.
};

/// Writes the log lines of one component (`collectors.locks`) to standard error. Thread-safe, cheap
/// to copy. Messages are constant and lower case; everything variable goes into the fields.
///
/// error: someone must act. warn: degraded. info: start, stop, reload, a change of state. debug:
/// every scrape.
class Logger {
 public:
  void Debug(std::string_view message, std::initializer_list<LogField> fields = {}) const {
    Write(LogLevel::kDebug, message, fields);
  }

  void Info(std::string_view message, std::initializer_list<LogField> fields = {}) const {
    Write(LogLevel::kInfo, message, fields);
  }

  void Warn(std::string_view message, std::initializer_list<LogField> fields = {}) const {
    Write(LogLevel::kWarn, message, fields);
  }

  void Error(std::string_view message, std::initializer_list<LogField> fields = {}) const {
    Write(LogLevel::kError, message, fields);
  }

 private:
  friend class Log;
  struct Sink;
  Logger(std::shared_ptr<Sink> sink, std::string component);
  void Write(LogLevel level, std::string_view message,
             std::initializer_list<LogField> fields) const;

  std::shared_ptr<Sink> sink_;
  std::string component_;
};

/// Makes loggers. The program has one, made in main.
class Log {
 public:
  Log(LogLevel level, LogFormat format);

  /// A log that writes nothing, for tests.
  static Log Silent();

  Logger For(std::string_view component) const;

 private:
  explicit Log(std::shared_ptr<Logger::Sink> sink);

  std::shared_ptr<Logger::Sink> sink_;
};

/// Returns one log line without its newline; `time` is in RFC 3339. Does not mask secrets.
std::string FormatLogLine(LogFormat format, std::string_view time, LogLevel level,
                          std::string_view component, std::string_view message,
                          std::initializer_list<LogField> fields);

}  // namespace hakem

#include "model/log.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/null_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "format/json.h"
#include "format/json_writer.h"
#include "format/printable.h"
#include "format/utf8.h"
#include "model/clock.h"
#include "model/known_secrets.h"

namespace hakem {
namespace {

constexpr std::string_view Name(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarn:
      return "warn";
    case LogLevel::kError:
      return "error";
  }
  return "info";
}

constexpr spdlog::level::level_enum ToSpdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarn:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

/// In double quotes with JSON's escapes, which logfmt readers accept too. Characters that could
/// control a terminal are escaped as well.
std::string Quote(std::string_view text) {
  std::string quoted;
  AppendJsonString(quoted, ToUtf8(text));
  return Printable(quoted);
}

bool NeedsQuotes(std::string_view text) {
  return text.empty() ||
         std::any_of(text.begin(), text.end(),
                     [](char c) {
                       return c == ' ' || c == '"' || c == '=' || c == '\\' ||
                              static_cast<unsigned char>(c) < 0x20;
                     }) ||
         Printable(text) != text;
}

void AppendLogfmt(std::string& line, std::string_view key, std::string_view value) {
  line.append(line.empty() ? "" : " ").append(key).append("=");
  line.append(NeedsQuotes(value) ? Quote(value) : std::string(value));
}

bool IsJsonNumber(std::string_view value) {
  return value != "nan" && value.find("inf") == value.npos;
}

}  // namespace

struct Logger::Sink {
  LogFormat format;
  spdlog::logger logger;
};

namespace {

std::string FormatLogfmt(std::string_view time, LogLevel level, std::string_view component,
                         std::string_view message, std::span<const LogField> fields) {
  std::string line;
  AppendLogfmt(line, "ts", time);
  AppendLogfmt(line, "level", Name(level));
  AppendLogfmt(line, "component", component);
  AppendLogfmt(line, "msg", message);
  for (const LogField& field : fields) {
    AppendLogfmt(line, field.key, field.value);
  }
  return line;
}

std::string FormatJson(std::string_view time, LogLevel level, std::string_view component,
                       std::string_view message, std::span<const LogField> fields) {
  std::string line;
  JsonWriter json(line);
  json.Object([&] {
    json.Member("ts", time);
    json.Member("level", Name(level));
    json.Member("component", ToUtf8(component));
    json.Member("msg", ToUtf8(message));
    for (const LogField& field : fields) {
      if (field.quoted || !IsJsonNumber(field.value)) {
        json.Member(field.key, ToUtf8(field.value));
      } else {
        json.Key(field.key).Raw() += field.value;
      }
    }
  });
  return Printable(line);
}

std::string FormatLine(LogFormat format, std::string_view time, LogLevel level,
                       std::string_view component, std::string_view message,
                       std::span<const LogField> fields) {
  return format == LogFormat::kLogfmt ? FormatLogfmt(time, level, component, message, fields)
                                      : FormatJson(time, level, component, message, fields);
}

/// Masks known secrets in the values. A number that was masked becomes a text.
std::vector<LogField> WithoutSecrets(std::initializer_list<LogField> fields) {
  std::vector<LogField> clean(fields);
  for (LogField& field : clean) {
    std::string value = WithoutKnownSecrets(field.value);
    field.quoted = field.quoted || value != field.value;
    field.value = std::move(value);
  }
  return clean;
}

}  // namespace

std::string FormatLogLine(LogFormat format, std::string_view time, LogLevel level,
                          std::string_view component, std::string_view message,
                          std::initializer_list<LogField> fields) {
  return FormatLine(format, time, level, component, message, {fields.begin(), fields.end()});
}

Logger::Logger(std::shared_ptr<Sink> sink, std::string component)
    : sink_(std::move(sink)), component_(std::move(component)) {}

void Logger::Write(LogLevel level, std::string_view message,
                   std::initializer_list<LogField> fields) const {
  const auto spdlog_level = ToSpdlog(level);
  if (sink_->logger.should_log(spdlog_level)) {
    sink_->logger.log(spdlog_level, FormatLine(sink_->format, FormatRfc3339(SystemClock().Now()),
                                               level, component_, message, WithoutSecrets(fields)));
  }
}

Log::Log(LogLevel level, LogFormat format)
    : Log(std::make_shared<Logger::Sink>(Logger::Sink{
          format, spdlog::logger("hakem", std::make_shared<spdlog::sinks::stderr_sink_mt>())})) {
  sink_->logger.set_level(ToSpdlog(level));
  sink_->logger.set_pattern("%v");
  sink_->logger.flush_on(spdlog::level::debug);
}

Log::Log(std::shared_ptr<Logger::Sink> sink) : sink_(std::move(sink)) {}

Log Log::Silent() {
  return Log(std::make_shared<Logger::Sink>(
      Logger::Sink{LogFormat::kLogfmt,
                   spdlog::logger("silent", std::make_shared<spdlog::sinks::null_sink_mt>())}));
}

Logger Log::For(std::string_view component) const {
  return {sink_, std::string(component)};
}

}  // namespace hakem

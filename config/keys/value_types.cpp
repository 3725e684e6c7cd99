#include "config/keys/value_types.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <filesystem>
#include <optional>

#include "format/number.h"
#include "model/duration.h"
#include "yaml/map_reader.h"

namespace hakem::config {

void KeySource::Wrong(std::string_view message) const {
  reader.Wrong(reader.At(name), message);
}

namespace values {
namespace {

constexpr Duration kShortestInterval = std::chrono::seconds(1);
constexpr std::string_view kTooShort = "an interval is 1s at least";

std::string BelowFolder(std::string_view folder, const std::string& path) {
  return (std::filesystem::path(folder) / path).lexically_normal().string();
}

/// The bound that `text` is, if it continues the list.
std::optional<double> NextBound(const std::string& text, const std::vector<double>& bounds) {
  double bound = 0;
  const char* const end_of_text = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), end_of_text, bound);
  const bool is_number = error == std::errc{} && end == end_of_text && std::isfinite(bound);
  return is_number && (bounds.empty() || bound > bounds.back()) ? std::optional(bound)
                                                                : std::nullopt;
}

}  // namespace

void Text::Read(const KeySource& source, std::string& value) {
  source.reader.Text(source.name, value);
}

std::string Text::Print(const std::string& value) {
  return YamlText(value);
}

void Texts::Read(const KeySource& source, std::vector<std::string>& value) {
  source.reader.Texts(source.name, value);
}

std::string Texts::Print(const std::vector<std::string>& value) {
  return YamlList(value);
}

void Path::Read(const KeySource& source, std::string& value) {
  std::string path;
  source.reader.Text(source.name, path);
  if (!path.empty()) {
    value = BelowFolder(source.folder, path);
  }
}

void Paths::Read(const KeySource& source, std::vector<std::string>& value) {
  source.reader.Texts(source.name, value);
  for (std::string& path : value) {
    path = BelowFolder(source.folder, path);
  }
}

std::string PathIfSet::Print(const std::string& value) {
  return value.empty() ? "" : YamlText(value);
}

void Boolean::Read(const KeySource& source, bool& value) {
  source.reader.Boolean(source.name, value);
}

std::string Boolean::Print(bool value) {
  return value ? "true" : "false";
}

void Count::Read(const KeySource& source, int& value) {
  std::int64_t count = value;
  source.reader.Integer(source.name, count);
  if (count < 1 || count > 1'000'000) {
    return source.Wrong(fmt::format("{}: {} is not from 1 to 1000000", source.name, count));
  }
  value = static_cast<int>(count);
}

std::string Count::Print(int value) {
  return std::to_string(value);
}

void CoreShare::Read(const KeySource& source, double& value) {
  source.reader.Number(source.name, value);
  if (!(value >= 0 && value <= 1)) {
    source.Wrong(fmt::format(
        "{}: a share of one core, from 0 (no limit) to 1: 0.005 is half a percent", source.name));
  }
}

std::string CoreShare::Print(double value) {
  return FormatNumber(value, NumberForm::kExposition);
}

void TimeSpan::Read(const KeySource& source, Duration& value) {
  source.reader.Length(source.name, value);
}

std::string TimeSpan::Print(Duration value) {
  return FormatDuration(value);
}

void Interval::Read(const KeySource& source, Duration& value) {
  source.reader.Length(source.name, value);
  if (value < kShortestInterval) {
    source.Wrong(fmt::format("{}: {}", source.name, kTooShort));
  }
}

void IntervalIfSet::Read(const KeySource& source, Duration& value) {
  source.reader.Length(source.name, value);
  if (value != Duration(0) && value < kShortestInterval) {
    source.Wrong(fmt::format("{}: {}", source.name, kTooShort));
  }
}

std::string IntervalIfSet::Print(Duration value) {
  return value == Duration(0) ? std::string(kNullValue) : FormatDuration(value);
}

void Timeout::Read(const KeySource& source, Duration& value) {
  source.reader.Length(source.name, value);
  if (value <= Duration(0)) {
    source.Wrong(fmt::format("{}: it must be more than 0", source.name));
  }
}

void HistogramBounds::Read(const KeySource& source, std::vector<double>& value) {
  std::vector<std::string> texts;
  source.reader.Texts(source.name, texts);
  std::vector<double> bounds;
  for (const std::string& text : texts) {
    const std::optional<double> bound = NextBound(text, bounds);
    if (!bound) {
      return source.Wrong(fmt::format("{}: bounds are ascending numbers of seconds; \"{}\" is not",
                                      source.name, text));
    }
    bounds.push_back(*bound);
  }
  if (!bounds.empty()) {
    value = std::move(bounds);
  }
}

std::string HistogramBounds::Print(const std::vector<double>& value) {
  std::string text;
  for (const double bound : value) {
    text += text.empty() ? "" : ", ";
    AppendNumber(text, bound, NumberForm::kExposition);
  }
  return fmt::format("[{}]", text);
}

}  // namespace values
}  // namespace hakem::config

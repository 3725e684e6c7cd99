#include "web/api_v1/request/parameters.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>

#include "format/quote.h"
#include "model/duration.h"
#include "promql/parsing/parser.h"

namespace hakem::web {
namespace {

using Seconds = std::int64_t;

/// Go's least and greatest time, which clients send for "no bound". Only times between them are
/// accepted, so that arithmetic cannot overflow 64 bits.
constexpr std::string_view kLeastTimeText = "-292273086-05-16T16:47:06Z";
constexpr std::string_view kGreatestTimeText = "292277025-08-18T07:12:54.999999999Z";
constexpr Timestamp kLeastTime{Duration(std::numeric_limits<std::int64_t>::min() / 2)};
constexpr Timestamp kGreatestTime{Duration(std::numeric_limits<std::int64_t>::max() / 2)};
constexpr double kNanosecondsPerSecond = 1e9;
constexpr std::int64_t kNanosecondsPerMillisecond = 1'000'000;

std::optional<double> ParseFloat(std::string_view text) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
  }
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  return parsed.ec == std::errc{} && parsed.ptr == end ? std::optional(value) : std::nullopt;
}

/// Parses numbers with separators between them. Each function returns whether it succeeded.
class DateReader {
 public:
  explicit DateReader(std::string_view text) : rest_(text) {}

  bool Number(std::size_t digits, int& value) {
    if (rest_.size() < digits || !IsDigits(rest_.substr(0, digits))) {
      return false;
    }
    std::from_chars(rest_.data(), rest_.data() + digits, value);
    rest_.remove_prefix(digits);
    return true;
  }

  bool OneOf(std::string_view characters, char& taken) {
    if (rest_.empty() || characters.find(rest_.front()) == characters.npos) {
      return false;
    }
    taken = rest_.front();
    rest_.remove_prefix(1);
    return true;
  }

  bool Character(char wanted) {
    char taken = 0;
    return OneOf({&wanted, 1}, taken);
  }

  /// Parses an optional fraction as `.5`. Truncates to milliseconds.
  bool Fraction(int& milliseconds) {
    if (!Character('.')) {
      return true;
    }
    const std::size_t digits = std::min(rest_.find_first_not_of("0123456789"), rest_.size());
    milliseconds = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      milliseconds = milliseconds * 10 + (i < digits ? rest_[i] - '0' : 0);
    }
    rest_.remove_prefix(digits);
    return digits > 0;
  }

  bool AtEnd() const { return rest_.empty(); }

 private:
  static bool IsDigits(std::string_view text) {
    return text.find_first_not_of("0123456789") == text.npos;
  }

  std::string_view rest_;
};

/// Parses `2026-11-22T21:14:12.345+03:30`.
std::optional<Timestamp> ParseRfc3339(std::string_view text) {
  DateReader in(text);
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, milliseconds = 0;
  char zone = 0;
  const bool read = in.Number(4, year) && in.Character('-') && in.Number(2, month) &&
                    in.Character('-') && in.Number(2, day) && in.Character('T') &&
                    in.Number(2, hour) && in.Character(':') && in.Number(2, minute) &&
                    in.Character(':') && in.Number(2, second) && in.Fraction(milliseconds) &&
                    in.OneOf("Z+-", zone);
  int zone_hours = 0, zone_minutes = 0;
  const bool zone_read =
      zone == 'Z' || (in.Number(2, zone_hours) && in.Character(':') && in.Number(2, zone_minutes));
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!read || !zone_read || !in.AtEnd() || !date.ok() || hour > 23 || minute > 59 || second > 59) {
    return std::nullopt;
  }
  const auto offset = std::chrono::hours(zone_hours) + std::chrono::minutes(zone_minutes);
  return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
         std::chrono::seconds(second) + Duration(milliseconds) -
         (zone == '-' ? -offset : std::chrono::minutes(offset));
}

/// Converts seconds to a time as Prometheus does, rounded to milliseconds.
std::optional<Timestamp> FromUnixSeconds(double seconds) {
  double whole = 0;
  const double fraction = std::round(std::modf(seconds, &whole) * 1000) / 1000;
  if (!(std::abs(whole) < static_cast<double>(kGreatestTime.time_since_epoch().count()) / 1000)) {
    return std::nullopt;
  }
  const auto nanoseconds =
      std::chrono::nanoseconds(static_cast<std::int64_t>(fraction * kNanosecondsPerSecond));
  return Timestamp(std::chrono::seconds(static_cast<Seconds>(whole))) +
         std::chrono::floor<Duration>(nanoseconds);
}

}  // namespace

std::string OneOf(const Request& request, std::string_view name) {
  const std::vector<std::string> values = request.Parameters(name);
  return values.empty() ? "" : values.front();
}

tl::unexpected<Error> InvalidParameter(std::string_view name, std::string_view cause) {
  return Fail(ErrorCode::kInvalidInput, fmt::format("invalid parameter \"{}\": {}", name, cause));
}

Result<Timestamp> ParseApiTime(std::string_view text) {
  std::optional<Timestamp> time;
  if (const std::optional<double> seconds = ParseFloat(text)) {
    time = FromUnixSeconds(*seconds);
  } else if (text == kLeastTimeText || text == kGreatestTimeText) {
    time = text == kLeastTimeText ? kLeastTime : kGreatestTime;
  } else {
    time = ParseRfc3339(text);
  }
  return time ? Result<Timestamp>(*time)
              : Fail(ErrorCode::kInvalidInput,
                     fmt::format("cannot parse {} to a valid timestamp", Quote(text)));
}

Result<Duration> ParseApiDuration(std::string_view text) {
  if (const std::optional<double> seconds = ParseFloat(text)) {
    const double nanoseconds = *seconds * kNanosecondsPerSecond;
    if (!(std::abs(nanoseconds) < static_cast<double>(std::numeric_limits<std::int64_t>::max()))) {
      return Fail(
          ErrorCode::kInvalidInput,
          fmt::format("cannot parse {} to a valid duration. It overflows int64", Quote(text)));
    }
    return Duration(static_cast<std::int64_t>(nanoseconds) / kNanosecondsPerMillisecond);
  }
  const Result<Duration> duration = ParseDuration(text);
  return duration ? duration
                  : Fail(ErrorCode::kInvalidInput,
                         fmt::format("cannot parse {} to a valid duration", Quote(text)));
}

Result<Timestamp> RequiredTime(const Request& request, std::string_view name) {
  const Result<Timestamp> time = ParseApiTime(OneOf(request, name));
  return time ? time : InvalidParameter(name, time.error().message);
}

Result<Timestamp> OptionalTime(const Request& request, std::string_view name, Timestamp otherwise) {
  const std::string text = OneOf(request, name);
  if (text.empty()) {
    return otherwise;
  }
  const Result<Timestamp> time = ParseApiTime(text);
  return time ? time
              : InvalidParameter(name, fmt::format("invalid time value for '{}': {}", name,
                                                   time.error().message));
}

Result<std::optional<Duration>> OptionalDuration(const Request& request, std::string_view name) {
  const std::string text = OneOf(request, name);
  if (text.empty()) {
    return std::optional<Duration>();
  }
  const Result<Duration> duration = ParseApiDuration(text);
  return duration ? Result<std::optional<Duration>>(*duration)
                  : InvalidParameter(name, duration.error().message);
}

Result<std::size_t> ParseLimit(const Request& request) {
  const std::string text = OneOf(request, "limit");
  std::int64_t limit = 0;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data() + (text.starts_with('+') ? 1 : 0), end, limit);
  if (!text.empty() && (parsed.ec == std::errc::invalid_argument || parsed.ptr != end)) {
    return InvalidParameter("limit",
                            fmt::format("strconv.Atoi: parsing {}: invalid syntax", Quote(text)));
  }
  if (parsed.ec == std::errc::result_out_of_range) {
    return InvalidParameter(
        "limit", fmt::format("strconv.Atoi: parsing {}: value out of range", Quote(text)));
  }
  if (limit < 0) {
    return InvalidParameter("limit", "limit must be non-negative");
  }
  return static_cast<std::size_t>(limit);
}

Result<TimeSpan> ParseTimeSpan(const Request& request) {
  const Result<Timestamp> start = OptionalTime(request, "start", kLeastTime);
  if (!start) {
    return Fail(start.error());
  }
  const Result<Timestamp> end = OptionalTime(request, "end", kGreatestTime);
  if (!end) {
    return Fail(end.error());
  }
  return TimeSpan{*start, *end};
}

Result<std::vector<std::string>> SelectorTexts(const Request& request) {
  std::vector<std::string> texts = request.Parameters("match[]");
  if (texts.size() > kMostSelectors) {
    return Fail(ErrorCode::kInvalidInput, fmt::format("{} match[] parameters: at most {} are taken",
                                                      texts.size(), kMostSelectors));
  }
  return texts;
}

Result<std::vector<std::vector<Matcher>>> ParseSelectors(const Request& request) {
  const Result<std::vector<std::string>> texts = SelectorTexts(request);
  if (!texts) {
    return Fail(texts.error());
  }
  std::vector<std::vector<Matcher>> selectors;
  for (const std::string& text : *texts) {
    Result<std::vector<Matcher>> matchers = promql::ParseSelector(text);
    if (!matchers) {
      return Fail(matchers.error());
    }
    if (std::all_of(matchers->begin(), matchers->end(),
                    [](const Matcher& matcher) { return matcher.Matches(std::string_view()); })) {
      return Fail(ErrorCode::kInvalidInput, "match[] must contain at least one non-empty matcher");
    }
    selectors.push_back(*std::move(matchers));
  }
  return selectors;
}

}  // namespace hakem::web

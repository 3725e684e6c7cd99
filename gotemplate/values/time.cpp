#include "gotemplate/values/time.h"

#include <fmt/format.h>

#include <array>
#include <chrono>

namespace hakem::gotemplate {
namespace {

constexpr std::array<std::string_view, 12> kMonths{"January",   "February", "March",    "April",
                                                   "May",       "June",     "July",     "August",
                                                   "September", "October",  "November", "December"};
constexpr std::array<std::string_view, 7> kWeekdays{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                    "Thursday", "Friday", "Saturday"};
constexpr std::int64_t kSecondsPerDay = 86400;
constexpr std::int64_t kDaysPerEra = 146097;  ///< 400 years.
constexpr std::uint64_t kNanosPerSecond = 1'000'000'000;

std::int64_t FloorDivide(std::int64_t a, std::int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

/// Sets year, month and day from days since 1970-01-01. Counts years from March, so that a leap day
/// is the last day of its year.
void SetDate(std::int64_t days, CivilTime& civil) {
  const std::int64_t shifted = days + 719468;  // Days since 0000-03-01.
  const std::int64_t era = FloorDivide(shifted, kDaysPerEra);
  const std::int64_t day = shifted - era * kDaysPerEra;
  const std::int64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
  const std::int64_t day_of_year = day - (365 * year + year / 4 - year / 100);
  const std::int64_t month = (5 * day_of_year + 2) / 153;
  civil.day = static_cast<int>(day_of_year - (153 * month + 2) / 5 + 1);
  civil.month = static_cast<int>(month < 10 ? month + 3 : month - 9);
  civil.year = year + era * 400 + (civil.month <= 2 ? 1 : 0);
}

int DayOfYear(const CivilTime& civil) {
  constexpr std::array<int, 12> kBefore{0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
  const bool leap = civil.year % 4 == 0 && (civil.year % 100 != 0 || civil.year % 400 == 0);
  return kBefore.at(static_cast<std::size_t>(civil.month - 1)) + civil.day +
         (leap && civil.month > 2 ? 1 : 0);
}

/// Appends `value / 10^digits` without trailing zeros, such as `3.5` for 35 and one digit.
std::string WithFraction(std::uint64_t value, int digits) {
  std::string fraction;
  for (int i = 0; i < digits; ++i) {
    const char digit = static_cast<char>('0' + value % 10);
    if (digit != '0' || !fraction.empty()) {
      fraction.insert(fraction.begin(), digit);
    }
    value /= 10;
  }
  return fraction.empty() ? fmt::format("{}", value) : fmt::format("{}.{}", value, fraction);
}

}  // namespace

Time Time::From(Timestamp time) {
  const std::int64_t milliseconds = time.time_since_epoch().count();
  const std::int64_t seconds = FloorDivide(milliseconds, 1000);
  return {.seconds = seconds,
          .nanoseconds = static_cast<std::int32_t>(milliseconds - seconds * 1000) * 1'000'000};
}

CivilTime ToCivil(const Time& time) {
  const std::int64_t local = time.seconds + (time.zone == nullptr ? 0 : time.zone->offset_seconds);
  const std::int64_t days = FloorDivide(local, kSecondsPerDay);
  const auto of_day = static_cast<int>(local - days * kSecondsPerDay);
  CivilTime civil{.hour = of_day / 3600, .minute = of_day / 60 % 60, .second = of_day % 60};
  SetDate(days, civil);
  civil.weekday = static_cast<int>(days + 4 - FloorDivide(days + 4, 7) * 7);
  civil.year_day = DayOfYear(civil);
  return civil;
}

std::string_view MonthName(int month) {
  return kMonths.at(static_cast<std::size_t>(month - 1));
}

std::string_view WeekdayName(int weekday) {
  return kWeekdays.at(static_cast<std::size_t>(weekday));
}

std::string PrintTime(const Time& time) {
  return FormatTime(time, "2006-01-02 15:04:05.999999999 -0700 MST");
}

std::string PrintDuration(std::int64_t nanoseconds) {
  const bool negative = nanoseconds < 0;
  const std::string_view sign = negative ? "-" : "";
  const std::uint64_t size = negative ? 0 - static_cast<std::uint64_t>(nanoseconds)
                                      : static_cast<std::uint64_t>(nanoseconds);
  if (size == 0) {
    return "0s";
  }
  if (size < 1000) {
    return fmt::format("{}{}ns", sign, size);
  }
  if (size < 1'000'000) {
    return fmt::format("{}{}µs", sign, WithFraction(size, 3));
  }
  if (size < kNanosPerSecond) {
    return fmt::format("{}{}ms", sign, WithFraction(size, 6));
  }
  const std::uint64_t minutes = size / kNanosPerSecond / 60;
  const std::string seconds = WithFraction(size - minutes * 60 * kNanosPerSecond, 9);
  if (minutes == 0) {
    return fmt::format("{}{}s", sign, seconds);
  }
  return minutes < 60 ? fmt::format("{}{}m{}s", sign, minutes, seconds)
                      : fmt::format("{}{}h{}m{}s", sign, minutes / 60, minutes % 60, seconds);
}

}  // namespace hakem::gotemplate

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "model/time.h"

namespace hakem::gotemplate {

/// A time zone at one moment.
struct Zone {
  std::string name;                 ///< Its abbreviation: `CET`.
  std::int32_t offset_seconds = 0;  ///< East of UTC.
};

/// A moment with nanoseconds, as Go's time.Time.
struct Time {
  std::int64_t seconds = 0;      ///< Since 1970 in UTC.
  std::int32_t nanoseconds = 0;  ///< 0 to 999,999,999.
  const Zone* zone = nullptr;    ///< Null means UTC. It must outlive the time.

  static Time From(Timestamp time);
};

/// Go's zero time, the beginning of the year 1.
inline constexpr Time kZeroTime{.seconds = -62135596800};

/// A moment as date and time of day in its zone.
struct CivilTime {
  std::int64_t year = 1970;
  int month = 1;  ///< 1 to 12.
  int day = 1;    ///< 1 to 31.
  int hour = 0;
  int minute = 0;
  int second = 0;
  int weekday = 0;   ///< 0 is Sunday.
  int year_day = 1;  ///< 1 to 366.
};

CivilTime ToCivil(const Time& time);

std::string_view MonthName(int month);      ///< 1 is January.
std::string_view WeekdayName(int weekday);  ///< 0 is Sunday.

/// Formats a time as Go's Time.Format does: the layout shows how the reference time,
/// `Mon Jan 2 15:04:05 MST 2006`, would be written.
std::string FormatTime(const Time& time, std::string_view layout);

/// Go's Time.String: `2015-10-09 12:00:00.123 +0000 UTC`.
std::string PrintTime(const Time& time);

/// Go's Duration.String: `1h2m3.5s`, `1.5ms`, `0s`.
std::string PrintDuration(std::int64_t nanoseconds);

}  // namespace hakem::gotemplate

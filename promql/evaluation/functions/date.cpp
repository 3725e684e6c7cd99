#include <array>
#include <chrono>
#include <cstdint>

#include "promql/evaluation/functions/function_call.h"
#include "promql/evaluation/functions/functions.h"

namespace hakem::promql {
namespace {

using Days = std::int64_t;
constexpr std::int64_t kSecondsPerDay = 86'400;

/// An instant in UTC as calendar fields, without a limit on the year.
struct Date {
  Days day;          ///< Days since 1970.
  std::int64_t era;  ///< Number of 400-year periods to add to `ymd`.
  std::chrono::year_month_day ymd;
  std::int64_t second_of_day;
};

constexpr Days kEraDays = 146'097;  ///< Days of 400 years, after which the calendar repeats.

/// Splits an instant into fields. The calendar of <chrono> ends at the year 32,767; values do not.
Date ToDate(Days day, std::int64_t second_of_day) {
  const std::int64_t era = (day >= 0 ? day : day - (kEraDays - 1)) / kEraDays;
  const std::chrono::year_month_day ymd{
      std::chrono::sys_days{std::chrono::days{day - era * kEraDays}}};
  return {day, era, ymd, second_of_day};
}

/// Converts a value to seconds. NaN and values beyond 64 bits become 2^63 seconds, as in Go.
Date ToDate(double unix_seconds) {
  constexpr double kBound = 9223372036854775808.0;
  if (!(unix_seconds >= -kBound && unix_seconds < kBound)) {
    constexpr std::uint64_t kSeconds = std::uint64_t{1} << 63U;
    return ToDate(static_cast<Days>(kSeconds / kSecondsPerDay),
                  static_cast<std::int64_t>(kSeconds % kSecondsPerDay));
  }
  const auto seconds = static_cast<std::int64_t>(unix_seconds);
  Days day = seconds / kSecondsPerDay;
  std::int64_t second_of_day = seconds % kSecondsPerDay;
  if (second_of_day < 0) {
    --day;
    second_of_day += kSecondsPerDay;
  }
  return ToDate(day, second_of_day);
}

double Year(const Date& date) {
  return static_cast<double>(static_cast<int>(date.ymd.year()) + date.era * 400);
}

double Month(const Date& date) {
  return static_cast<unsigned>(date.ymd.month());
}

double DayOfMonth(const Date& date) {
  return static_cast<unsigned>(date.ymd.day());
}

/// Returns the day of the week; Sunday is 0.
double DayOfWeek(const Date& date) {
  constexpr Days kThursday = 4;  // 1970-01-01
  return static_cast<double>(((date.day + kThursday) % 7 + 7) % 7);
}

/// Returns the day of the year; the first is 1.
double DayOfYear(const Date& date) {
  const std::chrono::sys_days new_year{date.ymd.year() / std::chrono::January / 1};
  return static_cast<double>((std::chrono::sys_days{date.ymd} - new_year).count()) + 1;
}

double DaysInMonth(const Date& date) {
  const auto last = date.ymd.year() / date.ymd.month() / std::chrono::last;
  return static_cast<unsigned>(last.day());
}

double Hour(const Date& date) {
  const auto hour = date.second_of_day / 3600;
  return static_cast<double>(hour);
}

double Minute(const Date& date) {
  const auto minute = date.second_of_day % 3600 / 60;
  return static_cast<double>(minute);
}

StepVector Now(const Steps& steps) {
  StepSeries now{{}, false, StepRow(steps.count)};
  for (std::size_t step = 0; step < steps.count; ++step) {
    now.values[step] = ToUnixSeconds(steps.At(step));
  }
  return {std::move(now)};
}

/// Computes a calendar field of values that are seconds since 1970, or of the evaluation time when
/// there is no argument.
template <double (*Field)(const Date&)>
StepValue Map(FunctionCall& call) {
  StepVector vector = call.size() == 0 ? Now(call.steps()) : call.Vector(0);
  for (StepSeries& series : vector) {
    for (double& value : series.values) {
      if (!IsGap(value)) {
        value = Field(ToDate(value));
      }
    }
  }
  DropNames(vector, call.options());
  return vector;
}

using enum ValueType;

template <double (*Field)(const Date&)>
constexpr FunctionSpec Row(std::string_view name) {
  return {.name = name,
          .arguments = {kVector},
          .optional = 1,
          .result = kVector,
          .evaluate = Map<Field>,
          .reads_time = true};
}

constexpr std::array kFunctions{
    Row<DayOfMonth>("day_of_month"),
    Row<DayOfWeek>("day_of_week"),
    Row<DayOfYear>("day_of_year"),
    Row<DaysInMonth>("days_in_month"),
    Row<Hour>("hour"),
    Row<Minute>("minute"),
    Row<Month>("month"),
    Row<Year>("year"),
};

}  // namespace

const FunctionFamily kDateFunctions{kFunctions};

}  // namespace hakem::promql

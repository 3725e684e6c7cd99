#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>

#include "promql/functions/function_call.h"
#include "promql/functions/functions.h"

namespace hakem::promql {
namespace {

/// An instant in UTC, as the fields of a calendar.
struct Date {
  std::chrono::sys_days day;
  std::chrono::year_month_day ymd;
  std::chrono::seconds of_day;
};

Date ToDate(double unix_seconds) {
  const std::chrono::sys_seconds time{
      std::chrono::seconds{static_cast<std::int64_t>(unix_seconds)}};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  return {day, std::chrono::year_month_day{day}, time - day};
}

double Year(const Date& date) {
  return static_cast<int>(date.ymd.year());
}

double Month(const Date& date) {
  return static_cast<unsigned>(date.ymd.month());
}

double DayOfMonth(const Date& date) {
  return static_cast<unsigned>(date.ymd.day());
}

/// From Sunday, 0.
double DayOfWeek(const Date& date) {
  return std::chrono::weekday{date.day}.c_encoding();
}

/// From 1.
double DayOfYear(const Date& date) {
  const std::chrono::sys_days new_year{date.ymd.year() / std::chrono::January / 1};
  return static_cast<double>((date.day - new_year).count()) + 1;
}

double DaysInMonth(const Date& date) {
  const auto last = date.ymd.year() / date.ymd.month() / std::chrono::last;
  return static_cast<unsigned>(last.day());
}

double Hour(const Date& date) {
  return static_cast<double>(date.of_day / std::chrono::hours(1));
}

double Minute(const Date& date) {
  return static_cast<double>(date.of_day % std::chrono::hours(1) / std::chrono::minutes(1));
}

StepVector Now(const Steps& steps) {
  StepSeries now{{}, false, std::vector<double>(steps.count)};
  for (std::size_t step = 0; step < steps.count; ++step) {
    now.values[step] = ToUnixSeconds(steps.At(step));
  }
  return {std::move(now)};
}

/// A field of the instants that the values tell in seconds; of the evaluation's own without an
/// argument.
template <double (*Field)(const Date&)>
StepValue Map(FunctionCall& call) {
  constexpr double kLastSecond = 1e12;  // Far beyond the years that a calendar of 16 bits holds.
  StepVector vector = call.size() == 0 ? Now(call.steps()) : call.Vector(0);
  for (StepSeries& series : vector) {
    for (double& value : series.values) {
      if (!IsGap(value) && !std::isnan(value)) {
        value = Field(ToDate(std::clamp(value, -kLastSecond, kLastSecond)));
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

#include "gotemplate/values/time_types.h"

#include <compare>
#include <limits>

namespace hakem::gotemplate {
namespace {

using Arguments = std::span<const Value>;

constexpr std::int64_t kNanosPerSecond = 1'000'000'000;

const Time& TimeOf(Arguments arguments, std::size_t number = 0) {
  return arguments[number].time();
}

/// Nanoseconds since 1970; as in Go, not meaningful outside the years 1678 to 2262.
std::int64_t UnixNanoseconds(const Time& time) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(time.seconds) * kNanosPerSecond +
                                   static_cast<std::uint64_t>(time.nanoseconds));
}

std::strong_ordering Compare(Arguments arguments) {
  const Time& a = TimeOf(arguments);
  const Time& b = TimeOf(arguments, 1);
  return a.seconds != b.seconds ? a.seconds <=> b.seconds : a.nanoseconds <=> b.nanoseconds;
}

constexpr std::int64_t kLongest = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kShortest = std::numeric_limits<std::int64_t>::min();

/// Returns `a + b`, or the nearest number that 64 bits can hold.
std::int64_t SaturatedSum(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? (a < 0 ? kShortest : kLongest) : sum;
}

/// One of the numbers of a date as Go's int.
template <int CivilTime::*kMember>
Result<Value> Part(CallContext& /*context*/, Arguments arguments) {
  return Value::OfInt(ToCivil(TimeOf(arguments)).*kMember);
}

Result<Value> Year(CallContext& /*context*/, Arguments arguments) {
  return Value::OfInt(ToCivil(TimeOf(arguments)).year);
}

Result<Value> Month(CallContext& /*context*/, Arguments arguments) {
  return Value::OfInt(ToCivil(TimeOf(arguments)).month, kMonthType);
}

Result<Value> Weekday(CallContext& /*context*/, Arguments arguments) {
  return Value::OfInt(ToCivil(TimeOf(arguments)).weekday, kWeekdayType);
}

Result<Value> Nanosecond(CallContext& /*context*/, Arguments arguments) {
  return Value::OfInt(TimeOf(arguments).nanoseconds);
}

Result<Value> Unix(CallContext& /*context*/, Arguments arguments) {
  return Value::OfInt(TimeOf(arguments).seconds, kInt64Type);
}

/// Nanoseconds since 1970, divided: UnixNano, UnixMicro, UnixMilli.
template <std::int64_t kDivisor>
Result<Value> UnixIn(CallContext& /*context*/, Arguments arguments) {
  return Value::OfInt(UnixNanoseconds(TimeOf(arguments)) / kDivisor, kInt64Type);
}

Result<Value> Format(CallContext& context, Arguments arguments) {
  const std::string_view layout = arguments[1].text();
  context.budget.SpendOnBytes(layout.size() * kBytesPerStep);
  return Value::OfText(FormatTime(TimeOf(arguments), layout));
}

Result<Value> InUtc(CallContext& /*context*/, Arguments arguments) {
  Time time = TimeOf(arguments);
  time.zone = nullptr;
  return Value::OfTime(time, kTimeType);
}

Result<Value> IsZero(CallContext& /*context*/, Arguments arguments) {
  const Time& time = TimeOf(arguments);
  return Value::OfBool(time.seconds == kZeroTime.seconds && time.nanoseconds == 0);
}

Result<Value> Before(CallContext& /*context*/, Arguments arguments) {
  return Value::OfBool(Compare(arguments) < 0);
}

Result<Value> After(CallContext& /*context*/, Arguments arguments) {
  return Value::OfBool(Compare(arguments) > 0);
}

Result<Value> Equal(CallContext& /*context*/, Arguments arguments) {
  return Value::OfBool(Compare(arguments) == 0);
}

Result<Value> Add(CallContext& /*context*/, Arguments arguments) {
  Time time = TimeOf(arguments);
  const std::int64_t length = arguments[1].integer();
  const std::int64_t nanoseconds = time.nanoseconds + length % kNanosPerSecond;
  const std::int64_t carry = nanoseconds < 0 ? -1 : nanoseconds / kNanosPerSecond;
  time.seconds = static_cast<std::int64_t>(static_cast<std::uint64_t>(time.seconds) +
                                           static_cast<std::uint64_t>(length / kNanosPerSecond) +
                                           static_cast<std::uint64_t>(carry));
  time.nanoseconds = static_cast<std::int32_t>(nanoseconds - carry * kNanosPerSecond);
  return Value::OfTime(time, kTimeType);
}

/// As long or as short as 64 bits of nanoseconds allow, if the times are further apart.
Result<Value> Sub(CallContext& /*context*/, Arguments arguments) {
  const Time& a = TimeOf(arguments);
  const Time& b = TimeOf(arguments, 1);
  std::int64_t seconds = 0;
  std::int64_t nanoseconds = 0;
  if (__builtin_sub_overflow(a.seconds, b.seconds, &seconds) ||
      __builtin_mul_overflow(seconds, kNanosPerSecond, &nanoseconds)) {
    return Value::OfInt(Compare(arguments) < 0 ? kShortest : kLongest, kDurationType);
  }
  return Value::OfInt(SaturatedSum(nanoseconds, a.nanoseconds - b.nanoseconds), kDurationType);
}

std::string TimeToString(const Value& value) {
  return PrintTime(value.time());
}

std::string DurationToString(const Value& value) {
  return PrintDuration(value.integer());
}

template <const Type& kType, std::string (*kToString)(const Value&)>
Result<Value> String(CallContext& /*context*/, Arguments arguments) {
  return Value::OfText(kToString(arguments[0].As(kType)));
}

/// A length of time in units of so many nanoseconds, as float64.
template <std::int64_t kUnit>
Result<Value> InUnits(CallContext& /*context*/, Arguments arguments) {
  const std::int64_t length = arguments[0].integer();
  const std::int64_t whole = length / kUnit;
  const std::int64_t rest = length % kUnit;
  return Value::OfFloat(static_cast<double>(whole) +
                        static_cast<double>(rest) / static_cast<double>(kUnit));
}

/// A length of time in units of so many nanoseconds, as int64.
template <std::int64_t kUnit>
Result<Value> InWholeUnits(CallContext& /*context*/, Arguments arguments) {
  return Value::OfInt(arguments[0].integer() / kUnit, kInt64Type);
}

Result<Value> Truncate(CallContext& /*context*/, Arguments arguments) {
  const std::int64_t length = arguments[0].integer();
  const std::int64_t unit = arguments[1].integer();
  return Value::OfInt(unit <= 0 ? length : length - length % unit, kDurationType);
}

Result<Value> Round(CallContext& /*context*/, Arguments arguments) {
  const std::int64_t length = arguments[0].integer();
  const std::int64_t unit = arguments[1].integer();
  if (unit <= 0) {
    return Value::OfInt(length, kDurationType);
  }
  const std::int64_t rest = length % unit;
  const std::int64_t size = rest < 0 ? -rest : rest;
  const std::int64_t cut = length - rest;
  if (size < unit - size) {
    return Value::OfInt(cut, kDurationType);
  }
  return Value::OfInt(SaturatedSum(cut, length < 0 ? -unit : unit), kDurationType);
}

Result<Value> Absolute(CallContext& /*context*/, Arguments arguments) {
  const std::int64_t length = arguments[0].integer();
  return Value::OfInt(length == kShortest ? kLongest
                      : length < 0        ? -length
                                          : length,
                      kDurationType);
}

std::string MonthToString(const Value& value) {
  return std::string(MonthName(static_cast<int>(value.integer())));
}

std::string WeekdayToString(const Value& value) {
  return std::string(WeekdayName(static_cast<int>(value.integer())));
}

constexpr const Type* kText[] = {&kStringType};
constexpr const Type* kTime[] = {&kTimeType};
constexpr const Type* kDuration[] = {&kDurationType};

constexpr Function kTimeMethods[] = {
    {"Add", kDuration, false, Add},
    {"After", kTime, false, After},
    {"Before", kTime, false, Before},
    {"Day", {}, false, Part<&CivilTime::day>},
    {"Equal", kTime, false, Equal},
    {"Format", kText, false, Format},
    {"Hour", {}, false, Part<&CivilTime::hour>},
    {"IsZero", {}, false, IsZero},
    {"Minute", {}, false, Part<&CivilTime::minute>},
    {"Month", {}, false, Month},
    {"Nanosecond", {}, false, Nanosecond},
    {"Second", {}, false, Part<&CivilTime::second>},
    {"String", {}, false, String<kTimeType, TimeToString>},
    {"Sub", kTime, false, Sub},
    {"UTC", {}, false, InUtc},
    {"Unix", {}, false, Unix},
    {"UnixMicro", {}, false, UnixIn<1000>},
    {"UnixMilli", {}, false, UnixIn<1'000'000>},
    {"UnixNano", {}, false, UnixIn<1>},
    {"Weekday", {}, false, Weekday},
    {"Year", {}, false, Year},
    {"YearDay", {}, false, Part<&CivilTime::year_day>},
};

constexpr Function kDurationMethods[] = {
    {"Abs", {}, false, Absolute},
    {"Hours", {}, false, InUnits<3600 * kNanosPerSecond>},
    {"Microseconds", {}, false, InWholeUnits<1000>},
    {"Milliseconds", {}, false, InWholeUnits<1'000'000>},
    {"Minutes", {}, false, InUnits<60 * kNanosPerSecond>},
    {"Nanoseconds", {}, false, InWholeUnits<1>},
    {"Round", kDuration, false, Round},
    {"Seconds", {}, false, InUnits<kNanosPerSecond>},
    {"String", {}, false, String<kDurationType, DurationToString>},
    {"Truncate", kDuration, false, Truncate},
};

constexpr Function kMonthMethods[] = {{"String", {}, false, String<kMonthType, MonthToString>}};
constexpr Function kWeekdayMethods[] = {
    {"String", {}, false, String<kWeekdayType, WeekdayToString>}};

}  // namespace

constinit const Type kTimeType{"time.Time", Kind::kStruct, nullptr, kTimeMethods, TimeToString};
constinit const Type kTimePointerType{"*time.Time", Kind::kPointer, &kTimeType};
constinit const Type kDurationType{"time.Duration", Kind::kInt, nullptr, kDurationMethods,
                                   DurationToString};
constinit const Type kDurationPointerType{"*time.Duration", Kind::kPointer, &kDurationType};
constinit const Type kMonthType{"time.Month", Kind::kInt, nullptr, kMonthMethods, MonthToString};
constinit const Type kWeekdayType{"time.Weekday", Kind::kInt, nullptr, kWeekdayMethods,
                                  WeekdayToString};

}  // namespace hakem::gotemplate

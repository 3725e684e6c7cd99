#include "gotemplate/functions/humanize.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <limits>
#include <span>
#include <string_view>

#include "format/number.h"
#include "gotemplate/printing/float_format.h"
#include "gotemplate/text/go_number.h"
#include "gotemplate/values/time_types.h"

namespace hakem::gotemplate {
namespace {

constexpr std::array<std::string_view, 8> kThousands{"k", "M", "G", "T", "P", "E", "Z", "Y"};
constexpr std::array<std::string_view, 8> kThousandths{"m", "u", "n", "p", "f", "a", "z", "y"};
constexpr std::array<std::string_view, 8> kPowersOf1024{"ki", "Mi", "Gi", "Ti",
                                                        "Pi", "Ei", "Zi", "Yi"};
constexpr double kNanosPerSecond = 1e9;

/// Go's `%.4g`.
std::string FourDigits(double value) {
  const std::string text = FormatFloat(value, 'g', 4);
  const bool shows_sign = text[0] == '-' || std::isinf(value);
  return shows_sign ? text : text.substr(1);
}

struct Scaled {
  double value;
  std::string_view prefix;
};

/// Divides by `base` until the size is below it.
Scaled ScaleDown(double value, double base, std::span<const std::string_view> prefixes) {
  std::string_view prefix;
  for (std::size_t i = 0; i < prefixes.size() && std::abs(value) >= base; ++i) {
    prefix = prefixes[i];
    value /= base;
  }
  return {value, prefix};
}

/// Multiplies by 1000 until the size is at least 1.
Scaled ScaleUp(double value) {
  std::string_view prefix;
  for (std::size_t i = 0; i < kThousandths.size() && std::abs(value) < 1; ++i) {
    prefix = kThousandths.at(i);
    value *= 1000;
  }
  return {value, prefix};
}

std::string DaysToSeconds(double seconds) {
  const std::string_view sign = seconds < 0 ? "-" : "";
  const double size = std::abs(seconds);
  // Go converts what is too large to the smallest integer.
  const std::int64_t whole =
      size < 0x1p63 ? static_cast<std::int64_t>(size) : std::numeric_limits<std::int64_t>::min();
  const std::int64_t days = whole / 86400;
  const std::int64_t hours = whole / 3600 % 24;
  const std::int64_t minutes = whole / 60 % 60;
  if (days != 0) {
    return fmt::format("{}{}d {}h {}m {}s", sign, days, hours, minutes, whole % 60);
  }
  if (hours != 0) {
    return fmt::format("{}{}h {}m {}s", sign, hours, minutes, whole % 60);
  }
  return minutes != 0 ? fmt::format("{}{}m {}s", sign, minutes, whole % 60)
                      : fmt::format("{}{}s", sign, FourDigits(size));
}

}  // namespace

Result<double> ToFloat(const Value& value) {
  const Value plain = value.kind() == Kind::kPointer && !value.is_nil() ? value.Indirect() : value;
  if (plain.type() == &kDurationType) {
    return static_cast<double>(plain.integer()) / kNanosPerSecond;
  }
  if (plain.type() == &kTimeType) {
    return static_cast<double>(plain.time().seconds) + plain.time().nanoseconds / kNanosPerSecond;
  }
  if (plain.type() == &kFloatType) {
    return plain.real();
  }
  if (plain.type() == &kIntType || plain.type() == &kInt64Type) {
    return static_cast<double>(plain.integer());
  }
  if (plain.type() == &kStringType) {
    return ParseGoFloat(plain.text());
  }
  return Fail(ErrorCode::kInvalidInput,
              fmt::format("can't convert {} to float", value.type_name()));
}

std::string Humanize(double value) {
  if (value == 0 || !std::isfinite(value)) {
    return FourDigits(value);
  }
  const Scaled scaled = std::abs(value) >= 1 ? ScaleDown(value, 1000, kThousands) : ScaleUp(value);
  return fmt::format("{}{}", FourDigits(scaled.value), scaled.prefix);
}

std::string Humanize1024(double value) {
  if (std::abs(value) <= 1 || !std::isfinite(value)) {
    return FourDigits(value);
  }
  const Scaled scaled = ScaleDown(value, 1024, kPowersOf1024);
  return fmt::format("{}{}", FourDigits(scaled.value), scaled.prefix);
}

std::string HumanizeDuration(double seconds) {
  if (!std::isfinite(seconds)) {
    return FourDigits(seconds);
  }
  if (seconds == 0) {
    return fmt::format("{}s", FourDigits(seconds));
  }
  if (std::abs(seconds) >= 1) {
    return DaysToSeconds(seconds);
  }
  const Scaled scaled = ScaleUp(seconds);
  return fmt::format("{}{}s", FourDigits(scaled.value), scaled.prefix);
}

std::string HumanizePercentage(double ratio) {
  return fmt::format("{}%", FourDigits(ratio * 100));
}

Result<Time> SecondsToTime(double seconds) {
  if (!std::isfinite(seconds)) {
    return Fail(ErrorCode::kInvalidInput, "value is NaN or Inf");
  }
  const double nanoseconds = seconds * kNanosPerSecond;
  if (nanoseconds > 0x1p63 || nanoseconds < -0x1p63) {
    return Fail(ErrorCode::kInvalidInput,
                fmt::format("{} cannot be represented as a nanoseconds timestamp since it "
                            "overflows int64",
                            FormatNumber(seconds, NumberForm::kGeneral)));
  }
  const std::int64_t milliseconds = nanoseconds < 0x1p63
                                        ? static_cast<std::int64_t>(nanoseconds) / 1'000'000
                                        : std::numeric_limits<std::int64_t>::min() / 1'000'000;
  return Time::From(Timestamp(Duration(milliseconds)));
}

}  // namespace hakem::gotemplate

#include "format/format_float.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <string_view>

namespace hakem {
namespace {

/// A finite number's shortest digits, `-d.ddd` x 10^exponent.
struct Scientific {
  std::string mantissa;
  int exponent = 0;
};

Scientific ToScientific(double value) {
  std::array<char, 32> buffer{};
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                          std::chars_format::scientific);
  const std::string_view text(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
  const std::size_t e = text.find('e');
  int exponent = 0;
  std::from_chars(text.data() + e + 2, end, exponent);
  return {std::string(text.substr(0, e)), text[e + 1] == '-' ? -exponent : exponent};
}

/// Requires: finite, at least 1e15 in size. std::to_chars would write all digits of such numbers
/// out, also those that are not needed to tell them from their neighbours; here zeros stand for
/// them.
std::string FormatLarge(double value) {
  auto [digits, exponent] = ToScientific(value);
  std::erase(digits, '.');
  const std::size_t places = static_cast<std::size_t>(exponent) + (value < 0 ? 2 : 1);
  digits.resize(std::max(digits.size(), places), '0');
  return digits;
}

}  // namespace

std::string FormatFloat(double value) {
  constexpr double kLarge = 1e15;  // Below, all digits of an integer are needed.
  if (std::isnan(value)) {
    return "NaN";
  }
  if (std::isinf(value)) {
    return value > 0 ? "+Inf" : "-Inf";
  }
  if (std::abs(value) >= kLarge) {
    return FormatLarge(value);
  }
  std::array<char, 400> buffer{};  // The longest is 5e-324 written out.
  const auto [end, error] =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed);
  return {buffer.data(), end};
}

std::string FormatFloatShort(double value) {
  if (!std::isfinite(value) || value == 0) {
    return FormatFloat(value);
  }
  const auto [mantissa, exponent] = ToScientific(value);
  constexpr int kLeast = -4;
  constexpr int kMost = 5;
  return exponent < kLeast || exponent > kMost
             ? fmt::format("{}e{}{:02}", mantissa, exponent < 0 ? '-' : '+', std::abs(exponent))
             : FormatFloat(value);
}

}  // namespace hakem

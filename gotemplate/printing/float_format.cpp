#include "gotemplate/printing/float_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <vector>

#include "format/number.h"

namespace hakem::gotemplate {
namespace {

/// The most bytes of a double before its point, and the most digits that are not zero.
constexpr std::size_t kLongestInteger = 320;
constexpr int kMostDigits = 800;

std::string ByToChars(double size, std::chars_format format, int precision) {
  std::vector<char> buffer(kLongestInteger + static_cast<std::size_t>(precision));
  char* const begin = buffer.data();
  const char* const end = std::to_chars(begin, begin + buffer.size(), size, format, precision).ptr;
  return {begin, static_cast<std::size_t>(end - begin)};
}

/// The mantissa as an integer and the power of two: `4503599627370496p-52`.
std::string Binary(double size) {
  constexpr int kMantissaBits = 53;
  constexpr int kLeastExponent = -1074;
  if (size == 0) {
    return fmt::format("0p{}", kLeastExponent);
  }
  int exponent = 0;
  std::frexp(size, &exponent);
  exponent = std::max(exponent - kMantissaBits, kLeastExponent);
  return fmt::format("{}p{:+d}", static_cast<std::uint64_t>(std::ldexp(size, -exponent)), exponent);
}

/// `0x1.8p+01`: the exponent has at least two digits.
std::string Hexadecimal(double size, int precision) {
  std::vector<char> buffer(kLongestInteger + static_cast<std::size_t>(std::max(precision, 0)));
  char* const begin = buffer.data();
  char* const last = begin + buffer.size();
  const char* const end =
      precision < 0 ? std::to_chars(begin, last, size, std::chars_format::hex).ptr
                    : std::to_chars(begin, last, size, std::chars_format::hex, precision).ptr;
  std::string text(begin, static_cast<std::size_t>(end - begin));
  const std::size_t sign = text.find('p') + 1;
  if (text.size() - sign < 3) {
    text.insert(sign + 1, 1, '0');
  }
  return "0x" + text;
}

std::string Decimal(double size, char verb, int precision) {
  if (verb == 'f') {
    return precision < 0 ? FormatNumber(size, NumberForm::kDecimal)
                         : ByToChars(size, std::chars_format::fixed, precision);
  }
  if (verb == 'e') {
    return precision < 0 ? FormatNumber(size, NumberForm::kScientific)
                         : ByToChars(size, std::chars_format::scientific, precision);
  }
  return precision < 0
             ? FormatNumber(size, NumberForm::kGeneral)
             : ByToChars(size, std::chars_format::general, std::clamp(precision, 1, kMostDigits));
}

}  // namespace

std::string FormatFloat(double value, char verb, int precision) {
  const std::string_view sign = std::signbit(value) && !std::isnan(value) ? "-" : "+";
  const double size = std::abs(value);
  if (std::isnan(value) || std::isinf(value)) {
    return fmt::format("{}{}", sign, std::isnan(value) ? "NaN" : "Inf");
  }
  if (verb == 'b') {
    return fmt::format("{}{}", sign, Binary(size));
  }
  const bool upper = verb == 'E' || verb == 'G' || verb == 'X';
  const char lower = upper ? static_cast<char>(verb - 'A' + 'a') : verb;
  std::string text = lower == 'x' ? Hexadecimal(size, precision) : Decimal(size, lower, precision);
  if (upper) {
    std::transform(text.begin(), text.end(), text.begin(), [](char c) {
      return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
  }
  return fmt::format("{}{}", sign, text);
}

}  // namespace hakem::gotemplate

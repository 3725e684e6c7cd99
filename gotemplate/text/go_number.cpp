#include "gotemplate/text/go_number.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <string>

#include "format/quote.h"

namespace hakem::gotemplate {
namespace {

constexpr std::string_view kDecimalDigits = "0123456789";
constexpr std::string_view kHexDigits = "0123456789abcdefABCDEF";

char ToLowerAscii(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool EqualIgnoringCase(std::string_view text, std::string_view lower) {
  return text.size() == lower.size() &&
         std::equal(text.begin(), text.end(), lower.begin(),
                    [](char a, char b) { return ToLowerAscii(a) == b; });
}

/// Underscores may only stand between digits, or between a base prefix and a digit.
bool HasGoodUnderscores(std::string_view digits) {
  if (digits.find('_') == digits.npos) {
    return true;
  }
  const bool prefixed = digits.size() > 1 && digits[0] == '0' &&
                        std::string_view("xXoObB").find(digits[1]) != std::string_view::npos;
  const bool hexadecimal = prefixed && ToLowerAscii(digits[1]) == 'x';
  const std::string_view allowed = hexadecimal ? kHexDigits : kDecimalDigits;
  bool after_digit = prefixed;
  bool after_underscore = false;
  for (const char c : digits.substr(prefixed ? 2 : 0)) {
    const bool is_digit = allowed.find(c) != allowed.npos;
    if ((c == '_' && !after_digit) || (c != '_' && !is_digit && after_underscore)) {
      return false;
    }
    after_underscore = c == '_';
    after_digit = is_digit;
  }
  return !after_underscore;
}

std::optional<double> Special(std::string_view text) {
  if (EqualIgnoringCase(text, "inf") || EqualIgnoringCase(text, "infinity")) {
    return std::numeric_limits<double>::infinity();
  }
  return EqualIgnoringCase(text, "nan") ? std::optional(std::numeric_limits<double>::quiet_NaN())
                                        : std::nullopt;
}

/// Whether a number that is out of range is too small rather than too large.
bool IsTiny(std::string_view digits, char exponent_mark) {
  const std::size_t mark = std::min(digits.find(exponent_mark), digits.size());
  if (mark + 1 < digits.size()) {
    return digits[mark + 1] == '-';
  }
  return digits.find_first_not_of("0.") > digits.find('.');
}

enum class Failure { kSyntax, kRange };

tl::unexpected<Error> Unparsed(std::string_view text, Failure failure) {
  return Fail(ErrorCode::kInvalidInput,
              fmt::format("strconv.ParseFloat: parsing {}: {}", Quote(text),
                          failure == Failure::kSyntax ? "invalid syntax" : "value out of range"));
}

}  // namespace

Result<double> ParseGoFloat(std::string_view text) {
  const bool has_sign = text.starts_with('-') || text.starts_with('+');
  const double sign = text.starts_with('-') ? -1 : 1;
  std::string digits(text.substr(has_sign ? 1 : 0));
  if (const std::optional<double> special = Special(digits)) {
    return sign * *special;
  }
  const bool good = HasGoodUnderscores(digits);
  std::erase(digits, '_');
  const bool hexadecimal = digits.size() > 1 && digits[0] == '0' && ToLowerAscii(digits[1]) == 'x';
  digits.erase(0, hexadecimal ? 2 : 0);
  std::transform(digits.begin(), digits.end(), digits.begin(), ToLowerAscii);
  const bool begins = !digits.empty() && std::string_view("0123456789abcdef.").find(digits[0]) !=
                                             std::string_view::npos;
  if (!good || !begins || (hexadecimal && digits.find('p') == digits.npos)) {
    return Unparsed(text, Failure::kSyntax);
  }
  double value = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(
      digits.data(), end, value, hexadecimal ? std::chars_format::hex : std::chars_format::general);
  if (stop != end || error == std::errc::invalid_argument) {
    return Unparsed(text, Failure::kSyntax);
  }
  if (error == std::errc::result_out_of_range) {
    return IsTiny(digits, hexadecimal ? 'p' : 'e') ? Result<double>(sign * 0.0)
                                                   : Unparsed(text, Failure::kRange);
  }
  return sign * value;
}

Result<std::uint64_t> ParseGoUnsigned(std::string_view digits) {
  const bool good = HasGoodUnderscores(digits);
  std::string plain(digits);
  std::erase(plain, '_');
  int base = 10;
  if (plain.size() > 1 && plain[0] == '0') {
    const char mark = ToLowerAscii(plain[1]);
    base = mark == 'x' ? 16 : mark == 'b' ? 2 : 8;
    plain.erase(0, mark == 'x' || mark == 'b' || mark == 'o' ? 2 : 1);
  }
  std::uint64_t value = 0;
  const char* const end = plain.data() + plain.size();
  const auto [stop, error] = std::from_chars(plain.data(), end, value, base);
  if (!good || stop != end || error != std::errc{}) {
    return Fail(ErrorCode::kInvalidInput, fmt::format("invalid integer {}", Quote(digits)));
  }
  return value;
}

}  // namespace hakem::gotemplate

#include "promql/parsing/literals.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "format/quote.h"
#include "model/duration.h"
#include "promql/parsing/type_check.h"
#include "promql/syntax/duration_expr.h"

namespace hakem::promql {
namespace {

/// Parses an integer with Go's base prefixes; returns nothing when it is invalid or too large.
std::optional<double> ReadInteger(std::string_view digits) {
  int base = 10;
  if (digits.size() > 1 && digits[0] == '0') {
    const bool hexadecimal = digits[1] == 'x' || digits[1] == 'X';
    base = hexadecimal ? 16 : 8;
    digits.remove_prefix(hexadecimal ? 2 : 1);
  }
  std::int64_t value = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value, base);
  if (error != std::errc{} || stop != end) {
    return std::nullopt;
  }
  return static_cast<double>(value);
}

double ReadDecimal(const Token& token, std::string_view digits) {
  double value = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value);
  if (stop != end || error == std::errc::invalid_argument) {
    ThrowParseError(token.position,
                    fmt::format("error parsing number: strconv.ParseFloat: parsing {}: invalid "
                                "syntax",
                                Quote(token.text)));
  }
  // Out of range: a too large number is an error, a too small one is zero.
  const auto exponent = digits.find_first_of("eE");
  const bool tiny = exponent != digits.npos && digits.substr(exponent + 1).starts_with('-');
  if (error == std::errc::result_out_of_range && !tiny) {
    ThrowParseError(
        token.position,
        fmt::format("error parsing number: strconv.ParseFloat: parsing {}: value out of "
                    "range",
                    Quote(token.text)));
  }
  return value;
}

}  // namespace

double ReadNumber(const Token& token) {
  if (token.kind == TokenKind::kDuration) {
    const Result<Duration> duration = ParseDuration(token.text);
    if (!duration) {
      ThrowParseError(token.position,
                      fmt::format("not a valid duration string: {}", Quote(token.text)));
    }
    return ToSeconds(*duration);
  }
  if (EqualIgnoringCase(token.text, "inf")) {
    return std::numeric_limits<double>::infinity();
  }
  if (EqualIgnoringCase(token.text, "nan")) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  std::string digits = token.text;
  std::erase(digits, '_');
  if (const std::optional<double> integer = ReadInteger(digits)) {
    return *integer;
  }
  return ReadDecimal(token, digits);
}

double ReadSeconds(const Token& token) {
  const double seconds = ReadNumber(token);
  if (!(std::abs(seconds) <= kMaxDurationSeconds)) {
    ThrowParseError(token.position, "duration out of range");
  }
  return seconds;
}

std::string ReadString(const Token& token) {
  std::optional<std::string> text = Unquote(token.text);
  if (!text) {
    ThrowParseError(token.position,
                    fmt::format("error unquoting string {}: invalid syntax", Quote(token.text)));
  }
  return *std::move(text);
}

}  // namespace hakem::promql

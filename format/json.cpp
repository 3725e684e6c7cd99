#include "format/json.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <iterator>

#include "format/quote.h"

namespace hakem {
namespace {

constexpr std::string_view kReplacement = "\uFFFD";
constexpr char32_t kReplacementRune = 0xFFFD;
constexpr double kIntegersOnly = 9007199254740992;  // 2^53: from here on no double has a fraction.

bool IsPlain(char c) {
  return static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x80 &&
         c != '"' && c != '\\';
}

void AppendEscaped(std::string& json, char c) {
  switch (c) {
    case '"':
      json += "\\\"";
      return;
    case '\\':
      json += "\\\\";
      return;
    case '\n':
      json += "\\n";
      return;
    case '\r':
      json += "\\r";
      return;
    case '\t':
      json += "\\t";
      return;
    default:
      fmt::format_to(std::back_inserter(json), "\\u{:04x}", static_cast<unsigned>(c));
  }
}

/// A finite number's digits in the given form.
void AppendDigits(std::string& json, double value, std::chars_format format) {
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, format);
  json.append(digits.data(), end.ptr);
}

/// Without an exponent: the significant digits, then zeros. (to_chars in its fixed form would print
/// digits that no double of this size can tell apart.) Requires: |value| >= 2^53.
void AppendLarge(std::string& json, double value) {
  std::array<char, 32> text{};
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::scientific);
  const std::string_view written(text.data(), static_cast<std::size_t>(end.ptr - text.data()));
  const std::size_t e = written.find('e');
  std::size_t missing = 0;  // Of the digits behind the first.
  std::from_chars(written.data() + e + 2, end.ptr, missing);
  for (bool behind_point = false; const char c : written.substr(0, e)) {
    if (c == '.') {
      behind_point = true;
    } else {
      json += c;
      missing -= behind_point ? 1 : 0;
    }
  }
  json.append(missing, '0');
}

/// A number with three decimals at most, as counts, milliseconds and prices are; false when it is
/// no such number. It has 15 digits at most, and no two numbers of so few are the same double: so
/// these are the shortest digits, and to_chars, which finds them for any number, need not look for
/// them. Requires: it is finite.
bool AppendThousandths(std::string& json, double value) {
  constexpr double kLargest = 1e12;
  const double size = std::abs(value);
  if (size >= kLargest) {
    return false;
  }
  const double thousandths = std::nearbyint(size * 1000);
  if (thousandths / 1000 != size) {
    return false;
  }
  const auto all = static_cast<std::int64_t>(thousandths);
  const fmt::format_int whole(all / 1000);
  json += std::signbit(value) ? "-" : "";
  json.append(whole.data(), whole.size());
  if (const auto fraction = static_cast<int>(all % 1000); fraction != 0) {
    const std::array<char, 4> digits{'.', static_cast<char>('0' + fraction / 100),
                                     static_cast<char>('0' + fraction / 10 % 10),
                                     static_cast<char>('0' + fraction % 10)};
    json.append(digits.data(), fraction % 10 != 0 ? 4 : fraction % 100 != 0 ? 3 : 2);
  }
  return true;
}

}  // namespace

void AppendJsonString(std::string& json, std::string_view text) {
  json += '"';
  while (!text.empty()) {
    std::size_t plain = 0;
    while (plain < text.size() && IsPlain(text[plain])) {
      ++plain;
    }
    json += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) {
      break;
    }
    std::size_t taken = 1;
    if (static_cast<unsigned char>(text[0]) < 0x80) {
      AppendEscaped(json, text[0]);
    } else {
      const DecodedRune decoded = DecodeRune(text);
      taken = decoded.size;
      json += decoded.rune == kReplacementRune ? kReplacement : text.substr(0, taken);
    }
    text.remove_prefix(taken);
  }
  json += '"';
}

void AppendSampleValue(std::string& json, double value) {
  json += '"';
  const double size = std::abs(value);
  if (std::isnan(value)) {
    json += "NaN";
  } else if (std::isinf(value)) {
    json += value > 0 ? "+Inf" : "-Inf";
  } else if (AppendThousandths(json, value)) {
    // It has been written.
  } else if (size != 0 && (size < 1e-6 || size >= 1e21)) {
    AppendDigits(json, value, std::chars_format::scientific);
  } else if (size >= kIntegersOnly) {
    AppendLarge(json, value);
  } else {
    AppendDigits(json, value, std::chars_format::fixed);
  }
  json += '"';
}

void AppendJsonNumber(std::string& json, double value) {
  fmt::format_to(std::back_inserter(json), "{}", value);
}

}  // namespace hakem

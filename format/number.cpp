#include "format/number.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <string_view>

namespace hakem {
namespace {

/// How a form writes numbers.
struct Rules {
  int least_plain = 0;  ///< The smallest decimal exponent that is written as zeros instead.
  int most_plain = 0;   ///< The largest one.
  double thousandths_below = 0;  ///< From this size on, AppendThousandths may not be used.
  bool marks_whole = false;      ///< Whether plain whole numbers end with `.0`.
};

constexpr int kUnlimited = 1000;

constexpr Rules RulesOf(NumberForm form) {
  switch (form) {
    case NumberForm::kDecimal:
      return {-kUnlimited, kUnlimited, 1e12};
    case NumberForm::kGeneral:
      return {-4, 5, 1e6};
    case NumberForm::kExposition:
      return {-4, 15, 1e12};
    case NumberForm::kJson:
      return {-6, 20, 1e12};
    case NumberForm::kFraction:
      return {-4, 14, 1e12, /*marks_whole=*/true};
    case NumberForm::kScientific:
    case NumberForm::kSixDecimals:
      break;
  }
  return {1, 0, 0};
}

/// Appends a number with at most three decimals, as counts, milliseconds and prices are; returns
/// false for any other number. Such a number has at most 15 digits, and no two numbers of so few
/// digits are the same double: so these are the shortest digits, found without std::to_chars, which
/// is three times slower. Also false from `below` on. Requires: the number is finite.
bool AppendThousandths(std::string& text, double value, double below) {
  const double size = std::abs(value);
  if (size >= below) {
    return false;
  }
  const double thousandths = std::nearbyint(size * 1000);
  if (thousandths / 1000 != size) {
    return false;
  }
  const auto all = static_cast<std::int64_t>(thousandths);
  const fmt::format_int whole(all / 1000);
  text += std::signbit(value) ? "-" : "";
  text.append(whole.data(), whole.size());
  if (const auto fraction = static_cast<int>(all % 1000); fraction != 0) {
    const std::array<char, 4> digits{'.', static_cast<char>('0' + fraction / 100),
                                     static_cast<char>('0' + fraction / 10 % 10),
                                     static_cast<char>('0' + fraction % 10)};
    text.append(digits.data(), fraction % 10 != 0 ? 4 : fraction % 100 != 0 ? 3 : 2);
  }
  return true;
}

/// Appends the digits `d.ddd` with their point moved by `exponent` places, and zeros where digits
/// are missing. std::to_chars in its fixed form would print digits of large numbers that are not
/// needed to distinguish them from their neighbours.
void AppendPlain(std::string& text, std::string_view mantissa, int exponent) {
  const char first = mantissa[0];
  const std::string_view rest = mantissa.substr(std::min<std::size_t>(mantissa.size(), 2));
  if (exponent < 0) {
    text += "0.";
    text.append(static_cast<std::size_t>(-exponent) - 1, '0');
    text += first;
    text += rest;
    return;
  }
  const auto places = static_cast<std::size_t>(exponent);
  text += first;
  text += rest.substr(0, places);
  if (rest.size() > places) {
    text += '.';
    text += rest.substr(places);
  } else {
    text.append(places - rest.size(), '0');
  }
}

/// Appends a number of usual size without an exponent; returns false for any other number, and for
/// forms that would write it with an exponent. std::to_chars then finds the shortest digits by
/// itself, which is a third faster than moving their point. Requires: the number is finite.
bool AppendUsual(std::string& text, double value, const Rules& rules) {
  constexpr double kSmallest = 1e-4;
  constexpr double kBeyond = 1e15;
  const double size = std::abs(value);
  if (size < kSmallest || size >= kBeyond || rules.least_plain > -4 || rules.most_plain < 14) {
    return false;
  }
  std::array<char, 32> buffer{};
  char* const begin = buffer.data();
  text.append(begin,
              std::to_chars(begin, begin + buffer.size(), value, std::chars_format::fixed).ptr);
  return true;
}

/// Requires: the number is finite.
void AppendFinite(std::string& text, double value, const Rules& rules) {
  std::array<char, 32> buffer{};
  char* const begin = buffer.data();
  const char* const end =
      std::to_chars(begin, begin + buffer.size(), value, std::chars_format::scientific).ptr;
  std::string_view digits(begin, static_cast<std::size_t>(end - begin));
  const std::size_t mark = digits.find('e');
  int exponent = 0;
  std::from_chars(begin + mark + 2, end, exponent);
  exponent = digits[mark + 1] == '-' ? -exponent : exponent;
  if (exponent < rules.least_plain || exponent > rules.most_plain) {
    text += digits;
    return;
  }
  if (digits[0] == '-') {
    text += '-';
    AppendPlain(text, digits.substr(1, mark - 1), exponent);
  } else {
    AppendPlain(text, digits.substr(0, mark), exponent);
  }
}

}  // namespace

void AppendNumber(std::string& text, double value, NumberForm form) {
  if (std::isnan(value)) {
    text += "NaN";
    return;
  }
  if (std::isinf(value)) {
    text += value > 0 ? "+Inf" : "-Inf";
    return;
  }
  if (form == NumberForm::kSixDecimals) {
    fmt::format_to(std::back_inserter(text), "{:f}", value);
    return;
  }
  const Rules rules = RulesOf(form);
  const std::size_t begin = text.size();
  if (!AppendThousandths(text, value, rules.thousandths_below) &&
      !AppendUsual(text, value, rules)) {
    AppendFinite(text, value, rules);
  }
  if (rules.marks_whole && text.find_first_of(".e", begin) == std::string::npos) {
    text += ".0";
  }
}

std::string FormatNumber(double value, NumberForm form) {
  std::string text;
  AppendNumber(text, value, form);
  return text;
}

}  // namespace hakem

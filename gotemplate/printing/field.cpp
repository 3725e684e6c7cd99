#include "gotemplate/printing/field.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "format/quote.h"
#include "gotemplate/printing/float_format.h"

namespace hakem::gotemplate {
namespace {

constexpr char32_t kReplacement = 0xFFFD;
constexpr char32_t kLastRune = 0x10FFFF;
constexpr char32_t kFirstBeyondAscii = 0x80;

std::size_t CountRunes(std::string_view text) {
  std::size_t count = 0;
  for (; !text.empty(); ++count) {
    text.remove_prefix(DecodeRune(text).size);
  }
  return count;
}

std::string_view FirstRunes(std::string_view text, int count) {
  std::string_view rest = text;
  for (; count > 0 && !rest.empty(); --count) {
    rest.remove_prefix(DecodeRune(rest).size);
  }
  return text.substr(0, text.size() - rest.size());
}

char32_t ValidRune(std::uint64_t rune) {
  return rune <= kLastRune ? static_cast<char32_t>(rune) : kReplacement;
}

/// Whether a text can stand in backquotes: one line, without backquotes and control characters.
bool CanBackquote(std::string_view text) {
  return IsValidUtf8(text) && std::none_of(text.begin(), text.end(), [](char c) {
           return (c >= 0 && c < ' ' && c != '\t') || c == '`' || c == '\x7F';
         });
}

/// Replaces characters beyond ASCII by escapes, as Go's strconv.QuoteToASCII does.
std::string ToAscii(std::string_view quoted) {
  std::string ascii;
  while (!quoted.empty()) {
    const DecodedRune decoded = DecodeRune(quoted);
    const auto code = static_cast<std::uint32_t>(decoded.rune);
    if (decoded.rune < kFirstBeyondAscii) {
      ascii += quoted[0];
    } else {
      ascii += code < 0x10000 ? fmt::format("\\u{:04x}", code) : fmt::format("\\U{:08x}", code);
    }
    quoted.remove_prefix(decoded.size);
  }
  return ascii;
}

std::string Digits(std::uint64_t size, FieldWriter::IntegerForm form) {
  const std::string_view digits =
      form.letters == LetterCase::kUpper ? "0123456789ABCDEFX" : "0123456789abcdefx";
  std::string text;
  do {
    text += digits[size % form.base];
    size /= form.base;
  } while (size != 0);
  std::reverse(text.begin(), text.end());
  return text;
}

/// The prefix that `sharp` or the verb O asks for.
std::string Prefix(const Flags& flags, FieldWriter::IntegerForm form, std::string_view digits) {
  if (form.octal_prefix) {
    return flags.sharp && !digits.starts_with('0') ? "0o0" : "0o";
  }
  if (!flags.sharp) {
    return {};
  }
  switch (form.base) {
    case 2:
      return "0b";
    case 8:
      return digits.starts_with('0') ? "" : "0";
    case 16:
      return form.letters == LetterCase::kUpper ? "0X" : "0x";
    default:
      return {};
  }
}

/// Adds the point and the zeros that `sharp` asks for to a number with a sign.
std::string WithAllDigits(std::string number, char verb, int precision) {
  const bool counts_digits = verb == 'g' || verb == 'G' || verb == 'x' || verb == 'X';
  int missing = !counts_digits ? 0 : precision < 0 ? 6 : precision;
  const std::size_t mark =
      std::min(number.find_first_of(verb == 'x' || verb == 'X' ? "pP" : "eE"), number.size());
  const std::string exponent = number.substr(mark);
  number.resize(mark);
  const std::size_t first = number.find_first_not_of("+-0.");
  for (std::size_t i = first; i < number.size(); ++i) {
    missing -= number[i] != '.' ? 1 : 0;
  }
  if (number.find('.') == number.npos) {
    missing -= number.size() == 2 && number[1] == '0' ? 1 : 0;
    number += '.';
  }
  number.append(static_cast<std::size_t>(std::max(missing, 0)), '0');
  return number + exponent;
}

}  // namespace

void FieldWriter::Pad(std::string_view text) {
  const std::size_t width = static_cast<std::size_t>(flags.width.value_or(0));
  const std::size_t size = width == 0 ? 0 : CountRunes(text);
  const std::size_t missing = width > size ? width - size : 0;
  if (flags.minus) {
    out_.Append(text);
    out_.Append(missing, ' ');
  } else {
    out_.Append(missing, flags.zero ? '0' : ' ');
    out_.Append(text);
  }
}

void FieldWriter::String(std::string_view text) {
  Pad(flags.precision ? FirstRunes(text, *flags.precision) : text);
}

void FieldWriter::Quoted(std::string_view text) {
  const std::string_view shown = flags.precision ? FirstRunes(text, *flags.precision) : text;
  if (flags.sharp && CanBackquote(shown)) {
    return Pad(fmt::format("`{}`", shown));
  }
  Pad(flags.plus ? ToAscii(Quote(shown)) : Quote(shown));
}

void FieldWriter::HexString(std::string_view text, LetterCase letters) {
  const std::string_view prefix = !flags.sharp ? "" : letters == LetterCase::kUpper ? "0X" : "0x";
  std::string hex;
  for (const char c : text.substr(
           0, static_cast<std::size_t>(flags.precision.value_or(static_cast<int>(text.size()))))) {
    const auto byte = static_cast<unsigned char>(c);
    hex += hex.empty() ? prefix : flags.space ? std::string(" ").append(prefix) : "";
    hex +=
        letters == LetterCase::kUpper ? fmt::format("{:02X}", byte) : fmt::format("{:02x}", byte);
  }
  Pad(hex);
}

void FieldWriter::Integer(std::uint64_t size, bool negative, IntegerForm form) {
  const bool has_sign = negative || flags.plus || flags.space;
  std::size_t least = 0;
  if (flags.precision) {
    least = static_cast<std::size_t>(*flags.precision);
  } else if (flags.zero && !flags.minus && flags.width) {  // Zeros come behind the sign.
    least = static_cast<std::size_t>(std::max(*flags.width - (has_sign ? 1 : 0), 0));
  }
  const bool zero = std::exchange(flags.zero, false);
  if (flags.precision == 0 && size == 0) {
    Pad("");
  } else {
    std::string text = Digits(size, form);
    text.insert(0, least > text.size() ? least - text.size() : 0, '0');
    text.insert(0, Prefix(flags, form, text));
    text.insert(0, negative ? "-" : flags.plus ? "+" : flags.space ? " " : "");
    Pad(text);
  }
  flags.zero = zero;
}

void FieldWriter::Character(std::uint64_t rune) {
  std::string text;
  AppendRune(text, ValidRune(rune));
  Pad(text);
}

void FieldWriter::QuotedCharacter(std::uint64_t rune) {
  const std::string quoted = QuoteRune(ValidRune(rune));
  Pad(flags.plus ? ToAscii(quoted) : quoted);
}

void FieldWriter::Unicode(std::uint64_t rune) {
  const int digits = std::max(flags.precision.value_or(4), 4);
  std::string text = fmt::format("U+{:0{}X}", rune, digits);
  if (flags.sharp && rune <= kLastRune && IsPrintableRune(ValidRune(rune))) {
    text += " '";
    AppendRune(text, ValidRune(rune));
    text += '\'';
  }
  const bool zero = std::exchange(flags.zero, false);
  Pad(text);
  flags.zero = zero;
}

void FieldWriter::Float(double value, char verb, int precision) {
  precision = flags.precision.value_or(precision);
  std::string number = FormatFloat(value, verb, precision);
  const bool is_finite = number[1] != 'I' && number[1] != 'N';
  const bool zero = flags.zero;
  if (flags.space && number[0] == '+' && !flags.plus) {
    number[0] = ' ';
  }
  if (!is_finite) {
    flags.zero = false;  // Zeros before `Inf` would look like a number.
    number.erase(0, number[1] == 'N' && !flags.space && !flags.plus ? 1 : 0);
  } else if (flags.sharp && verb != 'b') {
    number = WithAllDigits(std::move(number), verb, precision);
  }
  if (is_finite && !flags.plus && number[0] == '+') {
    number.erase(0, 1);  // An infinity keeps its sign.
  } else if (flags.zero && !flags.minus &&
             flags.width.value_or(0) > static_cast<int>(number.size())) {
    number.insert(1, static_cast<std::size_t>(*flags.width) - number.size(), '0');
  }
  Pad(number);
  flags.zero = zero;
}

}  // namespace hakem::gotemplate

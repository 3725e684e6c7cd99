#include "gotemplate/syntax/number_literal.h"

#include <fmt/format.h>

#include <limits>
#include <optional>

#include "format/quote.h"
#include "gotemplate/text/go_number.h"

namespace hakem::gotemplate {
namespace {

tl::unexpected<Error> Invalid(std::string message) {
  return Fail(ErrorCode::kInvalidInput, std::move(message));
}

/// Hexadecimal integers may have an `e` as a digit.
bool LooksLikeFloat(std::string_view text) {
  const bool is_hexadecimal = text.starts_with("0x") || text.starts_with("0X");
  return text.find_first_of(is_hexadecimal ? "pP" : ".eEpP") != text.npos;
}

/// Derives the integer from a float that has one.
void SetIntegers(Number& number) {
  if (number.real >= -0x1p63 && number.real < 0x1p63) {
    number.integer = static_cast<std::int64_t>(number.real);
    number.is_int = static_cast<double>(number.integer) == number.real;
  }
  number.is_unsigned =
      number.is_int ? number.integer >= 0 : number.real >= 0x1p63 && number.real < 0x1p64;
}

Result<Number> ReadCharacter(Number number) {
  const std::optional<std::string> text = Unquote(number.text);
  if (!text) {
    return Invalid("invalid syntax");
  }
  if (text->empty()) {
    return Invalid("invalid syntax");
  }
  const DecodedRune decoded = DecodeRune(*text);
  if (decoded.size != text->size()) {
    return Invalid(fmt::format("malformed character constant: {}", number.text));
  }
  const bool is_byte = text->size() == 1;  // An escape such as '\xff' is a number, not UTF-8.
  number.integer =
      is_byte ? static_cast<unsigned char>((*text)[0]) : static_cast<std::int64_t>(decoded.rune);
  number.real = static_cast<double>(number.integer);
  number.is_int = number.is_unsigned = number.is_float = true;
  return number;
}

/// Sets the complex number, and the types that can represent it if it is real.
Number AsComplex(Number number, std::complex<double> value) {
  number.complex = value;
  number.is_complex = true;
  if (value.imag() == 0) {
    number.is_float = true;
    number.real = value.real();
    SetIntegers(number);
  }
  return number;
}

/// Reads `1+2i`: the imaginary part begins at the last sign that belongs to no exponent.
Result<Number> ReadComplex(Number number) {
  const std::string& text = number.text;
  std::size_t sign = text.find_last_of("+-");
  if (sign > 0 && std::string_view("eEpP").find(text[sign - 1]) != std::string_view::npos) {
    sign = text.find_last_of("+-", sign - 1);
  }
  const Result<double> real = ParseGoFloat(std::string_view(text).substr(0, sign));
  const Result<double> imaginary =
      ParseGoFloat(std::string_view(text).substr(sign, text.size() - 1 - sign));
  if (!real || !imaginary) {
    return Invalid("syntax error scanning complex number");
  }
  return AsComplex(std::move(number), {*real, *imaginary});
}

/// Reads an integer with an optional sign. Leaves the number unchanged if it is none.
void ReadInteger(Number& number) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
  std::string_view digits = number.text;
  const bool negative = digits.starts_with('-');
  const bool has_sign = negative || digits.starts_with('+');
  digits.remove_prefix(has_sign ? 1 : 0);
  const Result<std::uint64_t> size = ParseGoUnsigned(digits);
  if (!size) {
    return;
  }
  number.is_int = *size <= (negative ? kMost + 1 : kMost);
  number.integer = static_cast<std::int64_t>(negative ? 0 - *size : *size);
  number.is_unsigned = !has_sign || *size == 0;
  number.is_float = number.is_int || number.is_unsigned;
  number.real = number.is_int ? static_cast<double>(number.integer) : static_cast<double>(*size);
}

}  // namespace

Result<Number> ReadNumber(const Token& token) {
  Number number{.text = std::string(token.text)};
  number.looks_like_float = token.kind == TokenKind::kNumber && LooksLikeFloat(token.text);
  if (token.kind == TokenKind::kCharacter) {
    return ReadCharacter(std::move(number));
  }
  if (token.kind == TokenKind::kComplex) {
    return ReadComplex(std::move(number));
  }
  if (number.text.ends_with('i')) {
    const std::string_view digits = std::string_view(number.text).substr(0, number.text.size() - 1);
    if (const Result<double> imaginary = ParseGoFloat(digits)) {
      return AsComplex(std::move(number), {0, *imaginary});
    }
  }
  ReadInteger(number);
  if (number.is_float) {
    return number;
  }
  const Result<double> real = ParseGoFloat(number.text);
  if (!real) {
    return Invalid(fmt::format("illegal number syntax: {}", Quote(number.text)));
  }
  if (number.text.find_first_of(".eEpP") == number.text.npos) {
    return Invalid(fmt::format("integer overflow: {}", Quote(number.text)));
  }
  number.is_float = true;
  number.real = *real;
  SetIntegers(number);
  return number;
}

}  // namespace hakem::gotemplate

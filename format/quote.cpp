#include "format/quote.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace hakem {
namespace {

constexpr char32_t kReplacement = 0xFFFD;
constexpr char32_t kLastRune = 0x10FFFF;

constexpr std::array<std::pair<char, char>, 7> kEscapes{{
    {'a', '\a'},
    {'b', '\b'},
    {'f', '\f'},
    {'n', '\n'},
    {'r', '\r'},
    {'t', '\t'},
    {'v', '\v'},
}};

bool IsSurrogate(char32_t rune) {
  return rune >= 0xD800 && rune <= 0xDFFF;
}

void AppendEscaped(std::string& out, char32_t rune, char quote) {
  if (rune == static_cast<char32_t>(quote) || rune == '\\') {
    out += '\\';
    out += static_cast<char>(rune);
    return;
  }
  if (IsPrintableRune(rune)) {
    AppendRune(out, rune);
    return;
  }
  for (const auto& [letter, character] : kEscapes) {
    if (rune == static_cast<char32_t>(character)) {
      out += '\\';
      out += letter;
      return;
    }
  }
  const auto code = static_cast<std::uint32_t>(rune);
  out += rune < 0x80      ? fmt::format("\\x{:02x}", code)
         : rune < 0x10000 ? fmt::format("\\u{:04x}", code)
                          : fmt::format("\\U{:08x}", code);
}

/// Parses `digits` digits of `base`; returns nothing when there are fewer.
std::optional<std::uint32_t> TakeCode(std::string_view& rest, std::size_t digits, int base) {
  if (rest.size() < digits) {
    return std::nullopt;
  }
  std::uint32_t code = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + digits, code, base);
  if (error != std::errc{} || end != rest.data() + digits) {
    return std::nullopt;
  }
  rest.remove_prefix(digits);
  return code;
}

/// Appends the character of an escape; `rest` begins after the backslash. Returns false when the
/// escape is invalid.
bool Unescape(std::string_view& rest, char quote, std::string& out) {
  if (rest.empty()) {
    return false;
  }
  const char kind = rest.front();
  if (kind == '\\' || kind == quote) {
    out += kind;
    rest.remove_prefix(1);
    return true;
  }
  for (const auto& [letter, character] : kEscapes) {
    if (kind == letter) {
      out += character;
      rest.remove_prefix(1);
      return true;
    }
  }
  const bool octal = kind >= '0' && kind <= '7';
  const std::size_t digits = octal ? 3 : kind == 'x' ? 2 : kind == 'u' ? 4 : kind == 'U' ? 8 : 0;
  if (digits == 0) {
    return false;
  }
  rest.remove_prefix(octal ? 0 : 1);
  const std::optional<std::uint32_t> code = TakeCode(rest, digits, octal ? 8 : 16);
  if (!code) {
    return false;
  }
  if (kind == 'u' || kind == 'U') {
    AppendRune(out, *code);
    return *code <= kLastRune && !IsSurrogate(*code);
  }
  out += static_cast<char>(*code);
  return *code <= 0xFF;
}

}  // namespace

bool IsPrintableRune(char32_t rune) {
  return rune >= 0x20 && rune != 0x7F && !(rune >= 0x80 && rune < 0xA0) && rune != 0xAD &&
         !(rune >= 0x2028 && rune <= 0x2029) && rune != 0xFEFF;
}

std::string Quote(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const DecodedRune decoded = DecodeRune(text);
    if (decoded.rune == kReplacement && decoded.size == 1) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text.front()));
    } else {
      AppendEscaped(out, decoded.rune, '"');
    }
    text.remove_prefix(decoded.size);
  }
  out += '"';
  return out;
}

std::string QuoteRune(char32_t rune) {
  std::string out = "'";
  AppendEscaped(out, rune, '\'');
  out += '\'';
  return out;
}

std::string DescribeRune(char32_t rune) {
  std::string number = fmt::format("U+{:04X}", static_cast<std::uint32_t>(rune));
  if (!IsPrintableRune(rune)) {
    return number;
  }
  std::string shown = number + " '";
  AppendRune(shown, rune);
  return shown + "'";
}

std::optional<std::string> Unquote(std::string_view literal) {
  if (literal.size() < 2 || literal.front() != literal.back()) {
    return std::nullopt;
  }
  const char quote = literal.front();
  std::string_view rest = literal.substr(1, literal.size() - 2);
  if (quote == '`') {
    return std::string(rest);
  }
  std::string out;
  while (!rest.empty()) {
    const char c = rest.front();
    rest.remove_prefix(1);
    if (c != '\\') {
      out += c;
    } else if (!Unescape(rest, quote, out)) {
      return std::nullopt;
    }
  }
  return out;
}

DecodedRune DecodeRune(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) {
    return {first, 1};
  }
  const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 0;
  if (size == 0 || first > 0xF4 || text.size() < size) {
    return {kReplacement, 1};
  }
  char32_t rune = first & (0xFFU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) {
      return {kReplacement, 1};
    }
    rune = (rune << 6U) | (byte(i) & 0x3FU);
  }
  constexpr std::array<char32_t, 5> kSmallest{0, 0, 0x80, 0x800, 0x10000};
  if (rune < kSmallest[size] || rune > kLastRune || IsSurrogate(rune)) {
    return {kReplacement, 1};
  }
  return {rune, size};
}

bool IsValidUtf8(std::string_view text) {
  while (!text.empty()) {
    const DecodedRune decoded = DecodeRune(text);
    if (decoded.rune == kReplacement && decoded.size == 1) {
      return false;
    }
    text.remove_prefix(decoded.size);
  }
  return true;
}

void AppendRune(std::string& text, char32_t rune) {
  const auto append = [&](char32_t byte) { text += static_cast<char>(byte); };
  if (rune < 0x80) {
    append(rune);
  } else if (rune < 0x800) {
    append(0xC0 | (rune >> 6U));
    append(0x80 | (rune & 0x3FU));
  } else if (rune < 0x10000) {
    append(0xE0 | (rune >> 12U));
    append(0x80 | ((rune >> 6U) & 0x3FU));
    append(0x80 | (rune & 0x3FU));
  } else {
    append(0xF0 | ((rune >> 18U) & 0x07U));
    append(0x80 | ((rune >> 12U) & 0x3FU));
    append(0x80 | ((rune >> 6U) & 0x3FU));
    append(0x80 | (rune & 0x3FU));
  }
}

}  // namespace hakem

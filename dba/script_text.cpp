#include "dba/script_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "collectors/core/session.h"

namespace hakem::dba {
namespace {

/// A character of UTF-8, or a byte that belongs to none.
struct Character {
  char32_t code = 0;
  std::size_t length = 1;
  bool is_valid = false;
};

struct Range {
  char32_t first;
  char32_t last;
};

constexpr std::array kInvisible = {
    Range{0x00, 0x1F},      Range{0x7F, 0x9F},      // C0, DEL, C1
    Range{0x061C, 0x061C},  Range{0x200B, 0x200F},  // Without width, or for direction.
    Range{0x2028, 0x202E},  Range{0x2060, 0x206F},  // Line separators, embeddings, isolates.
    Range{0xFEFF, 0xFEFF},  Range{0xFFF9, 0xFFFB},  // Byte order mark, annotations.
    Range{0xE0000, 0xE007F}};                       // Tags.

/// How many bytes a character has whose first byte this is. 0: no character begins with it.
std::size_t LengthOf(unsigned char first) {
  if (first < 0x80) {
    return 1;
  }
  return first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;
}

/// Decodes the first character. Requires: the text is not empty.
Character Decode(std::string_view text) {
  constexpr std::array<char32_t, 5> kLeast = {0, 0, 0x80, 0x800, 0x10000};
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const std::size_t length = LengthOf(byte(0));
  if (length == 0 || length > text.size()) {
    return {byte(0)};
  }
  char32_t code = length == 1 ? byte(0) : byte(0) & (0x7FU >> length);
  for (std::size_t at = 1; at < length; ++at) {
    if ((byte(at) & 0xC0U) != 0x80) {
      return {byte(0)};
    }
    code = code << 6U | (byte(at) & 0x3FU);
  }
  const bool is_surrogate = code >= 0xD800 && code <= 0xDFFF;
  return code < kLeast[length] || code > 0x10FFFF || is_surrogate ? Character{byte(0)}
                                                                  : Character{code, length, true};
}

bool IsInvisible(char32_t code) {
  return std::any_of(kInvisible.begin(), kInvisible.end(),
                     [&](const Range& range) { return range.first <= code && code <= range.last; });
}

/// Replaces each character by what `write` returns for it. `write` also gets the character's bytes.
template <typename Write>
std::string Rewrite(std::string_view text, Write write) {
  std::string written;
  while (!text.empty()) {
    const Character next = Decode(text);
    written += write(next, text.substr(0, next.length));
    text.remove_prefix(next.length);
  }
  return written;
}

}  // namespace

std::string VisibleText(std::string_view text) {
  return Rewrite(text, [](const Character& next, std::string_view bytes) {
    if (!next.is_valid) {
      return fmt::format("<0x{:02X}>", static_cast<std::uint32_t>(next.code));
    }
    return IsInvisible(next.code) ? fmt::format("<U+{:04X}>", static_cast<std::uint32_t>(next.code))
                                  : std::string(bytes);
  });
}

std::string ScriptIdentifier(std::string_view name) {
  bool is_plain = true;
  const std::string escaped = Rewrite(name, [&](const Character& next, std::string_view bytes) {
    if (next.is_valid && IsInvisible(next.code)) {
      is_plain = false;
      return fmt::format("\\+{:06X}", static_cast<std::uint32_t>(next.code));
    }
    return bytes == "\\" ? std::string("\\\\") : std::string(bytes);
  });
  return is_plain ? collectors::QuoteIdentifier(name) : "U&" + collectors::QuoteIdentifier(escaped);
}

}  // namespace hakem::dba

#include "format/printable.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <iterator>

#include "format/utf8.h"

namespace hakem {
namespace {

struct Range {
  std::uint32_t first;
  std::uint32_t last;
};

constexpr Range kControls[] = {{0x00, 0x08},     {0x0b, 0x1f},     {0x7f, 0x9f},  // C0, DEL and C1
                               {0x061c, 0x061c}, {0x200e, 0x200f}, {0x202a, 0x202e},
                               {0x2066, 0x2069},                     // directions
                               {0x2028, 0x2029}, {0xfeff, 0xfeff}};  // separators, byte order mark

bool IsControl(std::uint32_t code) {
  return std::any_of(std::begin(kControls), std::end(kControls), [code](const Range& range) {
    return range.first <= code && code <= range.last;
  });
}

/// Returns the character's number. Requires: `character` is one valid UTF-8 character.
std::uint32_t CodeOf(std::string_view character) {
  const auto lead = static_cast<unsigned char>(character.front());
  if (character.size() == 1) {
    return lead;
  }
  std::uint32_t code = lead & (0xffU >> (character.size() + 1));
  for (const char c : character.substr(1)) {
    code = (code << 6U) | (static_cast<unsigned char>(c) & 0x3fU);
  }
  return code;
}

}  // namespace

std::string Printable(std::string_view text) {
  std::string printable;
  printable.reserve(text.size());
  while (!text.empty()) {
    const std::size_t bytes = CharacterBytes(text);
    const std::string_view character = text.substr(0, std::max<std::size_t>(bytes, 1));
    if (bytes == 0) {
      fmt::format_to(std::back_inserter(printable), "\\x{:02x}",
                     static_cast<unsigned char>(character.front()));
    } else if (const std::uint32_t code = CodeOf(character); IsControl(code)) {
      fmt::format_to(std::back_inserter(printable), "\\u{:04x}", code);
    } else {
      printable.append(character);
    }
    text.remove_prefix(character.size());
  }
  return printable;
}

}  // namespace hakem

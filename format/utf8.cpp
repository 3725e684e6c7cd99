#include "format/utf8.h"

#include <fmt/format.h>

#include <iterator>

namespace hakem {
namespace {

constexpr bool IsBetween(unsigned char byte, unsigned char first, unsigned char last) {
  return byte >= first && byte <= last;
}

constexpr std::string_view kEllipsis = "…";

bool ContinuesCharacter(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

}  // namespace

std::size_t CharacterBytes(std::string_view text) {
  const auto at = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : static_cast<unsigned char>(0);
  };
  const unsigned char lead = at(0);
  if (lead < 0x80) {
    return 1;
  }
  const std::size_t bytes = IsBetween(lead, 0xC2, 0xDF)   ? 2
                            : IsBetween(lead, 0xE0, 0xEF) ? 3
                            : IsBetween(lead, 0xF0, 0xF4) ? 4
                                                          : 0;
  const unsigned char lowest = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const unsigned char highest = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  for (std::size_t i = 1; i < bytes; ++i) {
    if (!IsBetween(at(i), i == 1 ? lowest : 0x80, i == 1 ? highest : 0xBF)) {
      return 0;
    }
  }
  return bytes;
}

std::string ToUtf8(std::string_view text) {
  std::string valid;
  valid.reserve(text.size());
  while (!text.empty()) {
    const std::size_t bytes = CharacterBytes(text);
    if (bytes == 0) {
      fmt::format_to(std::back_inserter(valid), "\\x{:02x}",
                     static_cast<unsigned char>(text.front()));
    }
    valid.append(text.substr(0, bytes));
    text.remove_prefix(bytes == 0 ? 1 : bytes);
  }
  return valid;
}

std::optional<std::size_t> FirstInvalidByte(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t bytes = CharacterBytes(text.substr(at));
    if (bytes == 0) {
      return at;
    }
    at += bytes;
  }
  return std::nullopt;
}

std::string Cut(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) {
    return std::string(text);
  }
  std::size_t end = limit;
  while (end > 0 && ContinuesCharacter(text[end])) {
    --end;
  }
  return std::string(text.substr(0, end)).append(kEllipsis);
}

}  // namespace hakem

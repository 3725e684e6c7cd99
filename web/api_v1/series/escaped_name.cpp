#include "web/api_v1/series/escaped_name.h"

#include <charconv>
#include <cstdint>

#include "format/quote.h"

namespace hakem::web {
namespace {

constexpr std::string_view kPrefix = "U__";
constexpr std::size_t kMostDigits = 6;

}  // namespace

std::string UnescapeName(std::string_view text) {
  if (!text.starts_with(kPrefix)) {
    return std::string(text);
  }
  std::string name;
  std::string_view rest = text.substr(kPrefix.size());
  while (!rest.empty()) {
    if (rest.front() != '_') {
      name += rest.front();
      rest.remove_prefix(1);
      continue;
    }
    if (rest.starts_with("__")) {
      name += '_';
      rest.remove_prefix(2);
      continue;
    }
    const std::size_t end = rest.find('_', 1);
    std::uint32_t rune = 0;
    const char* const digits_end = rest.data() + (end == rest.npos ? 1 : end);
    const auto parsed = std::from_chars(rest.data() + 1, digits_end, rune, 16);
    if (end == rest.npos || end - 1 > kMostDigits || parsed.ec != std::errc{} ||
        parsed.ptr != digits_end || rune > 0x10FFFF) {
      return std::string(text);
    }
    AppendRune(name, rune);
    rest.remove_prefix(end + 1);
  }
  return name;
}

}  // namespace hakem::web

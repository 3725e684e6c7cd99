#include "gotemplate/value.h"

#include <array>
#include <charconv>
#include <cmath>

namespace hakem::gotemplate {

std::string FormatNumber(double number) {
  if (std::isnan(number)) {
    return "NaN";
  }
  if (std::isinf(number)) {
    return number > 0 ? "+Inf" : "-Inf";
  }
  std::array<char, 32> buffer;
  char* const begin = buffer.data();
  char* const limit = begin + buffer.size();
  const char* end = std::to_chars(begin, limit, number, std::chars_format::scientific).ptr;
  const std::string_view scientific(begin, static_cast<std::size_t>(end - begin));
  const std::size_t mark = scientific.find('e');
  int exponent = 0;
  std::from_chars(begin + mark + (scientific[mark + 1] == '+' ? 2 : 1), end, exponent);
  if (exponent >= -4 && exponent < 6) {
    end = std::to_chars(begin, limit, number, std::chars_format::fixed).ptr;
  }
  return std::string(static_cast<const char*>(begin), end);
}

}  // namespace hakem::gotemplate

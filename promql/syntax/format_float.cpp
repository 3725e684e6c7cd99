#include "promql/syntax/format_float.h"

#include <array>
#include <charconv>
#include <cmath>

namespace hakem::promql {

std::string FormatFloat(double value) {
  if (std::isnan(value)) {
    return "NaN";
  }
  if (std::isinf(value)) {
    return value > 0 ? "+Inf" : "-Inf";
  }
  std::array<char, 400> buffer{};  // The longest is 5e-324 written out.
  const auto [end, error] =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed);
  return {buffer.data(), end};
}

}  // namespace hakem::promql

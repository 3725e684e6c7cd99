#include "model/duration.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <limits>

namespace hakem {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t milliseconds;
  bool printed;  ///< Whether FormatDuration uses it when smaller units follow.
};

constexpr std::array<Unit, 7> kUnits{{
    {"y", 365LL * 24 * 3600 * 1000, false},
    {"w", 7LL * 24 * 3600 * 1000, false},
    {"d", 24LL * 3600 * 1000, true},
    {"h", 3600LL * 1000, true},
    {"m", 60LL * 1000, true},
    {"s", 1000, true},
    {"ms", 1, true},
}};

tl::unexpected<Error> NotADuration(std::string_view text) {
  return Fail(ErrorCode::kInvalidInput,
              fmt::format("\"{}\" is not a duration: write 30s, 5m or 1h30m", text));
}

}  // namespace

Result<Duration> ParseDuration(std::string_view text) {
  if (text == "0") {
    return Duration{0};
  }
  std::int64_t total = 0;
  std::size_t next_unit = 0;
  std::string_view rest = text;
  while (!rest.empty()) {
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), count);
    if (error != std::errc{} || count < 0) {
      return NotADuration(text);
    }
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    const std::string_view name = rest.substr(0, rest.find_first_of("0123456789"));
    while (next_unit < kUnits.size() && kUnits[next_unit].name != name) {
      ++next_unit;
    }
    if (next_unit == kUnits.size()) {
      return NotADuration(text);
    }
    const std::int64_t unit = kUnits[next_unit++].milliseconds;
    if (count > (std::numeric_limits<std::int64_t>::max() - total) / unit) {
      return NotADuration(text);
    }
    total += count * unit;
    rest.remove_prefix(name.size());
  }
  return text.empty() ? Result<Duration>{NotADuration(text)} : Result<Duration>{Duration{total}};
}

std::string FormatDuration(Duration duration) {
  std::int64_t rest = duration.count();
  if (rest == 0) {
    return "0s";
  }
  std::string text;
  if (rest < 0) {
    text += '-';
    rest = -rest;
  }
  for (const Unit& unit : kUnits) {
    if (rest >= unit.milliseconds && (unit.printed || rest % unit.milliseconds == 0)) {
      text += fmt::format("{}{}", rest / unit.milliseconds, unit.name);
      rest %= unit.milliseconds;
    }
  }
  return text;
}

}  // namespace hakem

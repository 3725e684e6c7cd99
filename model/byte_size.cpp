#include "model/byte_size.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace hakem {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t bytes;
};

constexpr std::uint64_t kKibi = 1024;
constexpr std::uint64_t kKilo = 1000;

/// Largest first: the first unit that divides a number gives the shortest text.
constexpr Unit kUnits[] = {{"TiB", kKibi* kKibi* kKibi* kKibi},
                           {"TB", kKilo* kKilo* kKilo* kKilo},
                           {"GiB", kKibi* kKibi* kKibi},
                           {"GB", kKilo* kKilo* kKilo},
                           {"MiB", kKibi* kKibi},
                           {"MB", kKilo* kKilo},
                           {"KiB", kKibi},
                           {"KB", kKilo},
                           {"B", 1},
                           {"", 1}};

}  // namespace

Result<std::uint64_t> ParseByteSize(std::string_view text) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  const std::string_view name(rest, static_cast<std::size_t>(end - rest));
  if (error == std::errc() && number >= 0) {
    for (const Unit& unit : kUnits) {
      const double bytes = number * static_cast<double>(unit.bytes);
      if (name == unit.name && bytes < std::exp2(63)) {
        return static_cast<std::uint64_t>(bytes);
      }
    }
  }
  return Fail(ErrorCode::kInvalidInput,
              fmt::format("\"{}\" is not a size: write 256MiB, 1GB or a number of bytes", text));
}

std::string FormatByteSize(std::uint64_t bytes) {
  for (const Unit& unit : kUnits) {
    if (unit.bytes > 1 && bytes > 0 && bytes % unit.bytes == 0) {
      return fmt::format("{}{}", bytes / unit.bytes, unit.name);
    }
  }
  return fmt::format("{}", bytes);
}

}  // namespace hakem

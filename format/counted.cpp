#include "format/counted.h"

#include <fmt/format.h>

namespace hakem {

std::string Counted(std::uint64_t number, std::string_view noun) {
  return fmt::format("{} {}{}", number, noun, number == 1 ? "" : "s");
}

}  // namespace hakem

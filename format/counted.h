#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace hakem {

/// Returns a number with a noun that gets an s unless the number is 1: `1 alert`, `0 alerts`.
std::string Counted(std::uint64_t number, std::string_view noun);

}  // namespace hakem

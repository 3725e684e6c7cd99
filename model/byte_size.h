#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "model/result.h"

namespace hakem {

/// Parses `256MiB`, `1.5GB` or a plain number of bytes. Units: B, KB, MB, GB, TB (powers of 1000)
/// and KiB, MiB, GiB, TiB (powers of 1024). Errors: kInvalidInput.
Result<std::uint64_t> ParseByteSize(std::string_view text);

/// Returns the shortest text that ParseByteSize reads back: `256MiB`, `1000`.
std::string FormatByteSize(std::uint64_t bytes);

}  // namespace hakem

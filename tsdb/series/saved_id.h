#pragma once

#include <cstdint>
#include <limits>

namespace hakem::tsdb {

/// The number under which the disk knows a series.
using SavedId = std::uint32_t;

/// No series has it.
inline constexpr SavedId kNotSaved = std::numeric_limits<SavedId>::max();

}  // namespace hakem::tsdb

#pragma once

#include <cstdint>
#include <limits>

namespace hakem::tsdb {

/// The number under which a series is saved on disk.
using SavedId = std::uint32_t;

/// The id of a series that has not been saved.
inline constexpr SavedId kNotSaved = std::numeric_limits<SavedId>::max();

}  // namespace hakem::tsdb

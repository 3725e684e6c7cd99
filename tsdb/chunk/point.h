#pragma once

#include <bit>
#include <cstdint>

#include "model/time.h"

namespace hakem::tsdb {

/// The stale marker: a NaN that says that the series has no value from here on. It has the same
/// bits as in Prometheus; no arithmetic yields it.
inline constexpr double kStaleMarker = std::bit_cast<double>(std::uint64_t{0x7ff0000000000002});

/// Returns false for every other NaN.
inline bool IsStaleMarker(double value) {
  return std::bit_cast<std::uint64_t>(value) == std::bit_cast<std::uint64_t>(kStaleMarker);
}

/// A sample without its series.
struct Point {
  Timestamp time;
  double value = 0;
};

}  // namespace hakem::tsdb

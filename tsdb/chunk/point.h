#pragma once

#include <bit>
#include <cstdint>

#include "model/time.h"

namespace hakem::tsdb {

/// The NaN that ends a series: it has no value from here on. Bits as in Prometheus; no arithmetic
/// yields it.
inline constexpr double kStaleMarker = std::bit_cast<double>(std::uint64_t{0x7ff0000000000002});

/// An ordinary NaN is none.
inline bool IsStaleMarker(double value) {
  return std::bit_cast<std::uint64_t>(value) == std::bit_cast<std::uint64_t>(kStaleMarker);
}

struct Point {
  Timestamp time;
  double value;
};

}  // namespace hakem::tsdb

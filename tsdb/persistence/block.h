#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"
#include "tsdb/chunk/point.h"
#include "tsdb/chunk/xor_value.h"
#include "tsdb/persistence/history_store.h"

namespace hakem::tsdb {

// The layout of a block. All series share its times. Values continue from those of the previous
// block, so that a series whose value has not changed takes one bit. A key block starts afresh.
//
//   Header, as numbers in groups of 7 bits, each group after a bit that says whether another
//   follows: version; blocks since the last key block; number of times; each time in milliseconds
//   (the first since 1970, the others since the previous one); number of series.
//   Then for each series, by id:
//     0          a sample at each time, all equal to the last value
//     10 …       a sample at each time: 0 equal to the last value, or 1 and an XorValue
//     110 N      no sample, and none for the next N series
//     111 …      for each time: 0 no sample, or 1 and a sample as above

/// The points of one series, oldest first; borrowed.
using SavedPoints = std::span<const Point>;

/// Writes blocks. Used by one thread.
class BlockEncoder {
 public:
  /// Returns the block of these points, indexed by series id; a series without points has an empty
  /// span. `is_key`: write a key block, as the first block must be, and the one after a lost block.
  std::string Encode(std::span<const SavedPoints> series, bool is_key);

 private:
  std::uint64_t since_key_ = 0;
  std::vector<XorValue> values_;  ///< Indexed by series id: the last value written.
};

/// Reads blocks in the order in which they were written. Used by one thread.
class BlockDecoder {
 public:
  using OnSeries = std::function<void(SavedId id, std::span<const Point> points)>;

  /// Calls `on_series` for each series with points.
  /// Errors: kInvalidInput: the block is damaged (some series may have been read by then), or
  /// continues from a block that was not read. The next key block can be read again.
  Result<void> Decode(std::string_view block, const OnSeries& on_series);

 private:
  std::uint64_t next_ = 0;  ///< Number of blocks since the last key block.
  bool is_lost_ = true;     ///< Whether only a key block can be read next.
  std::vector<XorValue> values_;
};

}  // namespace hakem::tsdb

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

/// How a block lies in its bytes. All series share the times; values go on from those of the block
/// before, so that a series that has not changed costs a bit. A key block begins anew:
///
///   version, blocks since the last key block, number of times, each time (the first since 1970,
///   the others since the one before; milliseconds), number of series: as numbers of 7 bits a
///   group, with a bit before each group that says whether another follows for each series by its
///   id:
///     0          a sample of each time, all equal to the last value
///     10 …       a sample of each time: 0 equal to the last value, or 1 and an XorValue
///     110 N      no sample, nor have the N series after it
///     111 …      for each time: 0 no sample, or 1 and a sample as above
///
/// The points of one series, oldest first; borrowed.
using SavedPoints = std::span<const Point>;

/// Writes blocks. Used by one thread.
class BlockEncoder {
 public:
  /// The block of these points, by series id; a series without points has an empty span. `is_key`:
  /// begin anew, as the first block must, and the one after a block that was lost.
  std::string Encode(std::span<const SavedPoints> series, bool is_key);

 private:
  std::uint64_t since_key_ = 0;
  std::vector<XorValue> values_;  ///< By series id: the last one written.
};

/// Reads blocks in the order in which they were written. Used by one thread.
class BlockDecoder {
 public:
  using OnSeries = std::function<void(SavedId id, std::span<const Point> points)>;

  /// Calls `on_series` for each series with points.
  /// Errors: kInvalidInput: the block is damaged (some series may have been read), or goes on from
  /// one that was not read. A key block can be read after that.
  Result<void> Decode(std::string_view block, const OnSeries& on_series);

 private:
  std::uint64_t next_ = 0;  ///< How many blocks there were since the last key block.
  bool is_lost_ = true;     ///< Whether only a key block can be read.
  std::vector<XorValue> values_;
};

}  // namespace hakem::tsdb

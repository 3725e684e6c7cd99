#pragma once

#include <cstdint>

#include "tsdb/chunk/bits.h"
#include "tsdb/chunk/point.h"
#include "tsdb/chunk/xor_value.h"

namespace hakem::tsdb {

/// The layout of a chunk, in words of 64 bits:
///
///   word 0    the number of samples (high half), and the number of them that the tokens below
///             encode (low half); the others repeat the last value at the last interval, as a run
///             that has not ended yet
///   word 1, 2 time (milliseconds since 1970) and value of the first sample
///   word 3…   one token for each change, each run of equal values and each irregular interval:
///
///     0 V        the interval is as before, the value is another
///     10 N       N samples: interval and value are as before
///     11 D 0     the interval differs from the last one by D, the value is as before
///     11 D 1 V   both differ
///
///     V  XorValue    N  0 n-1:3 | 10 n-9:8 | 11 n:32    D  0 d:10 | 10 d:14 | 110 d:24 | 111 d:64
namespace chunk_layout {

inline constexpr std::size_t kHeaderWords = 3;
/// The most samples of a chunk, so that a damaged one cannot claim any number.
inline constexpr std::uint32_t kMaxSamples = 1U << 16;

constexpr std::uint64_t State(std::uint32_t samples, std::uint32_t encoded) {
  return std::uint64_t{samples} << 32 | encoded;
}

/// The possible sizes of D in bits; the last one fits any number.
inline constexpr unsigned kIntervalBits[] = {10, 14, 24, 64};

/// Whether a number fits into so many bits in two's complement.
constexpr bool Fits(std::int64_t number, unsigned bits) {
  return bits == 64 ||
         (number >= -(std::int64_t{1} << (bits - 1)) && number < std::int64_t{1} << (bits - 1));
}

}  // namespace chunk_layout

/// A place between two samples of a chunk at which decoding can begin: the decoder's state there.
struct ChunkMark {
  std::uint32_t position = 0;  ///< Number of bits before it.
  std::uint32_t samples = 0;   ///< Number of samples before it.
  Timestamp time;              ///< When the last sample before it was taken.
  std::uint64_t interval = 0;
  XorValue value;
};

/// Reads the samples of a chunk, oldest first. Stops early at damaged words, and never reads past
/// their end. `Words` is anything with `size()` and `[]` that yields a std::uint64_t.
template <typename Words>
class ChunkDecoder {
 public:
  explicit ChunkDecoder(Words words) : words_(words), bits_(words) {
    if (words_.size() < chunk_layout::kHeaderWords) {
      ok_ = false;
      return;
    }
    const std::uint64_t state = bits_.Read(64);
    samples_ = static_cast<std::uint32_t>(state >> 32);
    encoded_ = static_cast<std::uint32_t>(state);
    time_ = bits_.Read(64);
    value_ = XorValue(bits_.Read(64));
    ok_ = samples_ <= chunk_layout::kMaxSamples && encoded_ <= samples_ &&
          (encoded_ > 0 || samples_ == 0);
  }

  /// Begins with the sample after the mark. Requires: the mark belongs to this chunk.
  ChunkDecoder(Words words, const ChunkMark& mark)
      : words_(words),
        bits_(words, mark.position),
        done_(mark.samples),
        time_(static_cast<std::uint64_t>(mark.time.time_since_epoch().count())),
        interval_(mark.interval),
        value_(mark.value) {
    const std::uint64_t state = words_[0];
    samples_ = static_cast<std::uint32_t>(state >> 32);
    encoded_ = static_cast<std::uint32_t>(state);
  }

  /// Returns how many samples are still to come up to `until`, if they continue at the last
  /// interval. Requires: the last sample that was read is not later than `until`.
  std::uint64_t ExpectedUntil(Timestamp until) const {
    const auto span = static_cast<std::uint64_t>(until.time_since_epoch().count()) - time_;
    return interval_ == 0 ? 0 : std::min<std::uint64_t>(span / interval_, samples_ - done_);
  }

  /// Reads the next sample. Returns false at the end, and where the words are damaged.
  bool Next(Point& point) {
    if (!ok_ || done_ == samples_) {
      return false;
    }
    if (done_ > 0) {
      if (run_ > 0) {
        --run_;
      } else if (done_ < encoded_) {
        ok_ = ReadToken() && bits_.ok();
      }
      time_ += interval_;
    }
    ++done_;
    point = {Timestamp(Duration(static_cast<std::int64_t>(time_))), value_.value()};
    return ok_;
  }

  /// False once damage has been found.
  bool ok() const { return ok_; }

 private:
  bool ReadToken() {
    if (!bits_.ReadBit()) {
      return value_.Read(bits_);
    }
    if (!bits_.ReadBit()) {
      run_ = ReadRun() - 1;
      return run_ < chunk_layout::kMaxSamples;
    }
    interval_ += ReadIntervalChange();
    return !bits_.ReadBit() || value_.Read(bits_);
  }

  std::uint64_t ReadRun() {
    if (!bits_.ReadBit()) {
      return bits_.Read(3) + 1;
    }
    return bits_.ReadBit() ? bits_.Read(32) : bits_.Read(8) + 9;
  }

  std::uint64_t ReadIntervalChange() {
    std::size_t width = 0;
    while (width + 1 < std::size(chunk_layout::kIntervalBits) && bits_.ReadBit()) {
      ++width;
    }
    const unsigned count = chunk_layout::kIntervalBits[width];
    const auto bits = static_cast<std::int64_t>(bits_.Read(count) << (64 - count));
    return static_cast<std::uint64_t>(bits >> (64 - count));
  }

  Words words_;
  BitReader<Words> bits_;
  std::uint32_t samples_ = 0;
  std::uint32_t encoded_ = 0;
  std::uint32_t done_ = 0;
  std::uint64_t run_ = 0;
  std::uint64_t time_ = 0;      // Unsigned, so that damaged data may overflow.
  std::uint64_t interval_ = 0;  // Unsigned for the same reason.
  XorValue value_;
  bool ok_ = true;
};

}  // namespace hakem::tsdb

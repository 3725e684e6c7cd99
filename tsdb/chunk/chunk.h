#pragma once

#include <atomic>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "model/shared_block.h"
#include "tsdb/chunk/chunk_decoder.h"
#include "tsdb/chunk/point.h"
#include "tsdb/chunk/xor_value.h"

namespace hakem::tsdb {

/// Consecutive samples of a series, compressed (see chunk_decoder.h). A handle: copies share the
/// words. One ChunkWriter may append while others read: they see the samples that were there when
/// they began, and take no lock.
class Chunk {
 public:
  Chunk() = default;

  /// Whether there are no words: what is below requires that there are.
  bool is_null() const { return block_ == nullptr; }

  Timestamp first_time() const;

  std::uint32_t sample_count() const;

  /// What it takes of memory.
  std::uint32_t bytes() const;

  /// Appends its points in (after, until] to `points`. `mark`: one made of this chunk, whose time
  /// is not after `after`; null: from the first sample on.
  void Read(Timestamp after, Timestamp until, std::vector<Point>& points,
            const ChunkMark* mark = nullptr) const;

 private:
  friend class ChunkWriter;
  using Word = std::uint64_t;  ///< Read and written as std::atomic_ref.

  /// The words follow.
  struct Header : BlockOwners {
    std::uint32_t size = 0;  ///< In words.
  };

  /// Zeros.
  explicit Chunk(std::uint32_t size);

  std::uint32_t size() const { return block_->size; }

  Word* words() const { return static_cast<Word*>(block_.behind()); }

  SharedBlock<Header> block_;
};

/// Appends to one chunk. Used by one thread at a time.
class ChunkWriter {
 public:
  /// No chunk yet: it is full.
  ChunkWriter() = default;

  /// A new chunk with its first sample.
  ChunkWriter(Timestamp time, double value);

  /// False when the chunk has no room left: MoveTo what Grown gives then, unless it is_full.
  /// `time` is later than the last one.
  bool Append(Timestamp time, double value);

  /// Whether the next sample should begin another chunk.
  bool is_full(Timestamp next) const;

  /// A chunk ends after so many changes.
  static constexpr std::uint32_t kMaxTokens = 240;
  /// A reader decodes so many at most before the samples that it wants.
  static constexpr std::uint32_t kTokensPerMark = 32;
  static constexpr std::uint32_t kMaxMarks = (kMaxTokens - 1) / kTokensPerMark;

  /// A mark behind the last sample, once for so many changes; else nothing. To be asked for after
  /// each Append.
  std::optional<ChunkMark> TakeMark();

  /// A copy of the chunk with more room.
  Chunk Grown() const;

  /// Goes on in what Grown gave, and gives the chunk before it in exchange.
  void MoveTo(Chunk& grown) { std::swap(chunk_, grown); }

  /// Ends the chunk: what it returns has the same samples and no room to spare.
  Chunk Finish() const;

  /// Null when there is none yet.
  const Chunk& chunk() const { return chunk_; }

  Timestamp last_time() const { return Timestamp(Duration(last_time_)); }

 private:
  void Write(std::uint64_t bits, unsigned count);
  void WriteRun();
  void WriteIntervalChange(std::int64_t change);
  bool HasRoomFor(std::int64_t interval, double value) const;
  Chunk CopyOf(std::uint32_t size) const;

  std::uint32_t used_words() const { return (position_ + 63) / 64; }

  Chunk chunk_;
  std::int64_t last_time_ = 0;
  std::int64_t interval_ = 0;
  XorValue value_;
  std::uint32_t position_ = 0;  ///< In bits, of what is written next.
  std::uint32_t samples_ = 0;
  std::uint32_t told_ = 0;
  std::uint8_t tokens_ = 0;
  std::uint8_t marked_tokens_ = 0;
  static_assert(kMaxTokens + 1 <= std::numeric_limits<std::uint8_t>::max());
};

}  // namespace hakem::tsdb

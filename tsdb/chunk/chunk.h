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

/// Consecutive samples of a series, compressed (see chunk_decoder.h). Copies share the words. One
/// ChunkWriter may append while other threads read without a lock; a reader sees the samples that
/// were there when it began.
class Chunk {
 public:
  Chunk() = default;

  /// Whether there is no data. All other functions require that there is.
  bool is_null() const { return block_ == nullptr; }

  Timestamp first_time() const;

  std::uint32_t sample_count() const;

  /// Memory that it takes.
  std::uint32_t bytes() const;

  /// Appends its points in (after, until] to `points`. `mark`: a mark of this chunk, not later than
  /// `after`, at which decoding begins; null: decode from the first sample on.
  void Read(Timestamp after, Timestamp until, std::vector<Point>& points,
            const ChunkMark* mark = nullptr) const;

 private:
  friend class ChunkWriter;
  using Word = std::uint64_t;  ///< Accessed through std::atomic_ref.

  /// The words follow it in memory.
  struct Header : BlockOwners {
    std::uint32_t size = 0;  ///< Number of words.
  };

  /// Makes a chunk of zeros.
  explicit Chunk(std::uint32_t size);

  std::uint32_t size() const { return block_->size; }

  Word* words() const { return static_cast<Word*>(block_.behind()); }

  SharedBlock<Header> block_;
};

/// Appends to one chunk. Used by one thread at a time.
class ChunkWriter {
 public:
  /// Has no chunk yet, and so is full.
  ChunkWriter() = default;

  /// Begins a chunk with its first sample.
  ChunkWriter(Timestamp time, double value);

  /// Appends a sample. Returns false when the chunk has no room left: then call MoveTo(Grown()) and
  /// try again, unless it is_full(). Requires: `time` is later than the last one.
  bool Append(Timestamp time, double value);

  /// Whether the next sample should begin another chunk.
  bool is_full(Timestamp next) const;

  /// The most changes that one chunk holds.
  static constexpr std::uint32_t kMaxTokens = 240;
  /// The most changes that a reader decodes before it reaches the samples it wants.
  static constexpr std::uint32_t kTokensPerMark = 32;
  static constexpr std::uint32_t kMaxMarks = (kMaxTokens - 1) / kTokensPerMark;

  /// Returns a mark behind the last sample once every kTokensPerMark changes, else nothing. To be
  /// called after each Append.
  std::optional<ChunkMark> TakeMark();

  /// Returns a copy of the chunk with more room.
  Chunk Grown() const;

  /// Continues in the chunk that Grown returned; `grown` becomes the previous chunk.
  void MoveTo(Chunk& grown) { std::swap(chunk_, grown); }

  /// Ends the chunk. Returns a copy with the same samples and no spare room.
  Chunk Finish() const;

  /// The current chunk; is_null() before the first sample.
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
  std::uint32_t position_ = 0;  ///< Where the next bit is written.
  std::uint32_t samples_ = 0;
  std::uint32_t encoded_ = 0;  ///< Samples before the run that has not ended yet.
  std::uint8_t tokens_ = 0;
  std::uint8_t marked_tokens_ = 0;
  static_assert(kMaxTokens + 1 <= std::numeric_limits<std::uint8_t>::max());
};

}  // namespace hakem::tsdb

#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "model/metric_family.h"
#include "model/mutex.h"
#include "tsdb/chunk/chunk.h"
#include "tsdb/chunk/point.h"
#include "tsdb/series/newest_sample.h"
#include "tsdb/series/saved_id.h"

namespace hakem::tsdb {

/// The outcome of appending a sample.
enum class AppendResult { kAppended, kOutOfOrder, kDuplicate };

/// One series of the store: its labels and its chunks, oldest first. One thread at a time appends
/// and drops, while any number of threads read; they delay it at most by the time that copying a
/// few pointers takes.
class StoredSeries {
 public:
  explicit StoredSeries(SeriesRef series);

  const SeriesRef& series() const { return series_; }

  // For the thread that appends.

  /// Refuses a sample that is not later than the last one.
  AppendResult Append(Timestamp time, double value);

  /// Time of the newest sample; Timestamp::min() when there was none.
  Timestamp last_time() const { return newest_.time(); }

  /// Whether it has no sample, or its newest one is a stale marker.
  bool has_ended() const { return has_ended_; }

  /// Drops the chunks whose samples are all older than `time`.
  void DropBefore(Timestamp time);

  /// A complete chunk's memory and the time of its last sample.
  struct ChunkSize {
    Timestamp last_time;
    std::size_t bytes = 0;
  };

  /// Returns a new series with the same labels and the samples up to `time`; complete chunks are
  /// shared. Nothing may be appended to this series any more.
  std::shared_ptr<StoredSeries> CopyUntil(Timestamp time) const;

  /// Appends the sizes of all complete chunks to `chunks`.
  void ListChunks(std::vector<ChunkSize>& chunks) const;

  bool is_empty() const { return chunks_.empty() && writer_.chunk().is_null(); }

  /// Whether the store has dropped it. Readers do not see samples that are appended afterwards.
  bool is_dropped() const { return is_dropped_; }

  void MarkDropped() { is_dropped_ = true; }

  /// Time of the oldest sample; Timestamp::max() without samples. Other threads need mutex_.
  Timestamp first_time() const;

  /// Memory that samples and labels take.
  std::size_t bytes() const { return bytes_; }

  // For the thread that saves the history.

  /// The id on disk; kNotSaved at first.
  SavedId saved_id() const { return saved_id_; }

  void SetSavedId(SavedId id) const { saved_id_ = id; }

  // For readers.

  /// Appends the points in (after, until] to `points`.
  void Read(Timestamp after, Timestamp until, std::vector<Point>& points) const;

  /// Returns the newest point in (after, until].
  std::optional<Point> ReadNewest(Timestamp after, Timestamp until) const;

  /// Whether there may be samples in [from, until]. Decodes nothing; returns true also for a gap
  /// between two samples.
  bool Overlaps(Timestamp from, Timestamp until) const;

 private:
  struct Complete {
    Chunk chunk;
    Timestamp last_time;
  };

  struct Marks {
    std::uint32_t count = 0;
    std::array<ChunkMark, ChunkWriter::kMaxMarks> marks;
  };

  void Begin(Timestamp time, double value);
  void Grow();
  void End();
  void Mark(const ChunkMark& mark);

  /// Returns the newest mark at or before `after`; null when there is none.
  const ChunkMark* MarkBefore(Timestamp after) const REQUIRES(mutex_);

  // The members that each append touches come first, so that they share few cache lines.
  const SeriesRef series_;
  NewestSample newest_;
  /// Used by the appending thread. Only the pointer to its chunk is guarded by mutex_.
  ChunkWriter writer_;
  // Used by the appending thread only.
  std::uint32_t bytes_;
  bool has_ended_ = true;
  bool is_dropped_ = false;
  mutable SavedId saved_id_ = kNotSaved;  ///< Used by the saving thread only.
  // Guarded by mutex_. Only the appending thread writes, so it may read without the lock.
  mutable TinyMutex mutex_;
  std::unique_ptr<Marks> marks_;  ///< Speed up reading the end of the growing chunk.
  std::vector<Complete> chunks_;
};

}  // namespace hakem::tsdb

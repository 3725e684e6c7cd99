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

enum class AppendResult { kAppended, kOutOfOrder, kDuplicate };

/// One series of the store: its labels and its chunks, oldest first. One thread at a time appends
/// and drops; any number of threads read meanwhile, and hold it up for the copy of a few pointers
/// at most.
class StoredSeries {
 public:
  explicit StoredSeries(SeriesRef series);

  const SeriesRef& series() const { return series_; }

  // For the appender.

  /// Refuses a sample that is not later than the last one.
  AppendResult Append(Timestamp time, double value);

  /// Of the newest sample; when there was none, the beginning of time.
  Timestamp last_time() const { return newest_.time(); }

  /// Whether it ends with a stale marker, or has no sample.
  bool has_ended() const { return has_ended_; }

  /// Drops chunks that hold nothing from `time` on.
  void DropBefore(Timestamp time);

  /// Memory of the chunks that are complete, with the time of their last sample.
  struct ChunkSize {
    Timestamp last_time;
    std::size_t bytes = 0;
  };

  /// A series of the same labels with the samples up to `time`. Shares the complete chunks. For one
  /// that is not appended to any more.
  std::shared_ptr<StoredSeries> CopyUntil(Timestamp time) const;

  void ListChunks(std::vector<ChunkSize>& chunks) const;

  bool is_empty() const { return chunks_.empty() && writer_.chunk().is_null(); }

  /// Whether the store has dropped it: what is appended now, nobody sees.
  bool is_dropped() const { return is_dropped_; }

  void MarkDropped() { is_dropped_ = true; }

  /// When nothing is left, the end of time. For others: under the lock.
  Timestamp first_time() const;

  /// What samples and labels take of memory.
  std::size_t bytes() const { return bytes_; }

  // For the one that saves the history.

  /// kNotSaved at first.
  SavedId saved_id() const { return saved_id_; }

  void SetSavedId(SavedId id) const { saved_id_ = id; }

  // For readers.

  /// Appends the points in (after, until] to `points`.
  void Read(Timestamp after, Timestamp until, std::vector<Point>& points) const;

  /// The newest point in (after, until].
  std::optional<Point> ReadNewest(Timestamp after, Timestamp until) const;

  /// Whether some chunk reaches into [from, until]. Decodes nothing, and may say yes for a gap.
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

  /// The newest mark at or before `after`; null when there is none.
  const ChunkMark* MarkBefore(Timestamp after) const REQUIRES(mutex_);

  // What each append touches comes first, in as few cache lines as can be.
  const SeriesRef series_;
  NewestSample newest_;
  /// The appender's; everybody's is which chunk it writes to, as what is below the mutex.
  ChunkWriter writer_;
  // The appender's.
  std::uint32_t bytes_;
  bool has_ended_ = true;
  bool is_dropped_ = false;
  mutable SavedId saved_id_ = kNotSaved;  ///< The saver's.
  // Everybody's. The appender alone changes it, so that it reads without the lock.
  mutable TinyMutex mutex_;
  std::unique_ptr<Marks> marks_;  ///< Of the chunk that grows: most readers want its end.
  std::vector<Complete> chunks_;
};

}  // namespace hakem::tsdb

#include "tsdb/stored_series.h"

#include <algorithm>
#include <array>
#include <memory_resource>
#include <utility>

namespace hakem::tsdb {
namespace {

/// What the index, the look-up by labels, the list of chunks and the allocator add to a series, as
/// bench/tsdb_bench.cpp finds it.
constexpr std::size_t kAroundIt = 300;

/// What a series without samples takes, roughly.
std::size_t BytesOf(const Series& series) {
  return sizeof(StoredSeries) + kAroundIt + sizeof(Series) + series.labels.bytes();
}

}  // namespace

StoredSeries::StoredSeries(SeriesRef series)
    : series_(std::move(series)), bytes_(BytesOf(*series_)) {}

AppendResult StoredSeries::Append(Timestamp time, double value) {
  if (const Timestamp last = newest_.time(); time <= last) {
    return time == last ? AppendResult::kDuplicate : AppendResult::kOutOfOrder;
  }
  if (writer_.is_full(time)) {
    Complete();
    writer_ = ChunkWriter(time, value);
    bytes_ += writer_.chunk().bytes();
    const TinyMutexLock lock(mutex_);
    chunks_.push_back({writer_.chunk(), Timestamp::max()});
  } else {
    while (!writer_.Append(time, value)) {
      bytes_ -= writer_.chunk().bytes();
      writer_.Grow();
      bytes_ += writer_.chunk().bytes();
      const TinyMutexLock lock(mutex_);
      chunks_.back().chunk = writer_.chunk();
    }
  }
  if (const std::optional<ChunkMark> mark = writer_.TakeMark()) {
    Mark(*mark);
  }
  newest_.Set({time, value});
  has_ended_ = IsStaleMarker(value);
  return AppendResult::kAppended;
}

void StoredSeries::Complete() {
  if (chunks_.empty() || chunks_.back().last_time != Timestamp::max()) {
    return;
  }
  Chunk complete = writer_.Finish();
  bytes_ -= writer_.chunk().bytes();
  bytes_ += complete.bytes();
  const TinyMutexLock lock(mutex_);
  chunks_.back() = {std::move(complete), writer_.last_time()};
  marks_.clear();
}

void StoredSeries::Mark(const ChunkMark& mark) {
  const std::size_t before = marks_.capacity();
  const TinyMutexLock lock(mutex_);
  marks_.reserve(ChunkWriter::kMaxMarks);
  marks_.push_back(mark);
  bytes_ += (marks_.capacity() - before) * sizeof(ChunkMark);
}

const ChunkMark* StoredSeries::MarkBefore(Timestamp after) const {
  const auto later = std::find_if(marks_.begin(), marks_.end(),
                                  [&](const ChunkMark& mark) { return mark.time > after; });
  return later == marks_.begin() ? nullptr : &*(later - 1);
}

void StoredSeries::DropBefore(Timestamp time) {
  if (!chunks_.empty() && chunks_.front().last_time == Timestamp::max() &&
      writer_.last_time() < time) {
    Complete();
    writer_ = ChunkWriter();
  }
  const auto kept = std::find_if(chunks_.begin(), chunks_.end(),
                                 [&](const Stored& stored) { return stored.last_time >= time; });
  if (kept == chunks_.begin()) {
    return;
  }
  for (auto dropped = chunks_.begin(); dropped != kept; ++dropped) {
    bytes_ -= dropped->chunk.bytes();
  }
  const TinyMutexLock lock(mutex_);
  chunks_.erase(chunks_.begin(), kept);
}

void StoredSeries::ListChunks(std::vector<ChunkSize>& chunks) const {
  for (const Stored& stored : chunks_) {
    if (stored.last_time != Timestamp::max()) {
      chunks.push_back({stored.last_time, stored.chunk.bytes()});
    }
  }
}

Timestamp StoredSeries::first_time() const {
  return chunks_.empty() ? Timestamp::max() : chunks_.front().chunk.first_time();
}

void StoredSeries::Read(Timestamp after, Timestamp until, std::vector<Point>& points) const {
  // Few as a rule, for which no memory is asked.
  alignas(Chunk) std::array<std::byte, 8 * sizeof(Chunk)> room;
  std::pmr::monotonic_buffer_resource memory(room.data(), room.size());
  std::pmr::vector<Chunk> wanted(&memory);
  std::optional<ChunkMark> mark;
  {
    const TinyMutexLock lock(mutex_);
    auto stored = std::upper_bound(
        chunks_.begin(), chunks_.end(), after,
        [](Timestamp time, const Stored& candidate) { return time < candidate.last_time; });
    if (stored != chunks_.end() && stored->last_time == Timestamp::max()) {
      if (const ChunkMark* const found = MarkBefore(after)) {
        mark = *found;
      }
    }
    const auto end = std::find_if(stored, chunks_.end(), [&](const Stored& candidate) {
      return candidate.chunk.first_time() > until;
    });
    wanted.reserve(static_cast<std::size_t>(end - stored));
    for (; stored != end; ++stored) {
      wanted.push_back(stored->chunk);
    }
  }
  for (const Chunk& chunk : wanted) {
    chunk.Read(after, until, points, mark ? &*mark : nullptr);
  }
}

std::optional<Point> StoredSeries::ReadNewest(Timestamp after, Timestamp until) const {
  if (const std::optional<Point> newest = newest_.Get(); newest && newest->time <= until) {
    return newest->time > after ? newest : std::nullopt;
  }
  std::vector<Point> points;
  Read(after, until, points);
  return points.empty() ? std::nullopt : std::optional(points.back());
}

bool StoredSeries::Overlaps(Timestamp from, Timestamp until) const {
  const std::optional<Point> newest = newest_.Get();
  const TinyMutexLock lock(mutex_);
  return !chunks_.empty() && chunks_.front().chunk.first_time() <= until &&
         (!newest || newest->time >= from);
}

}  // namespace hakem::tsdb

#include "tsdb/series/stored_series.h"

#include <algorithm>
#include <array>
#include <memory_resource>
#include <span>
#include <utility>

namespace hakem::tsdb {
namespace {

/// Memory that the index, the list of chunks and the allocator add to each series, as measured by
/// bench/tsdb_bench.cpp.
constexpr std::size_t kOverheadBytes = 130;

/// Returns roughly the memory of a series without samples.
std::uint32_t BytesOf(const Series& series) {
  return static_cast<std::uint32_t>(sizeof(StoredSeries) + kOverheadBytes + sizeof(Series) +
                                    series.labels.bytes());
}

}  // namespace

StoredSeries::StoredSeries(SeriesRef series)
    : series_(std::move(series)), bytes_(BytesOf(*series_)) {}

AppendResult StoredSeries::Append(Timestamp time, double value) {
  if (const Timestamp last = newest_.time(); time <= last) {
    return time == last ? AppendResult::kDuplicate : AppendResult::kOutOfOrder;
  }
  if (writer_.is_full(time)) {
    End();
    Begin(time, value);
  } else {
    while (!writer_.Append(time, value)) {
      Grow();
    }
  }
  if (const std::optional<ChunkMark> mark = writer_.TakeMark()) {
    Mark(*mark);
  }
  newest_.Set({time, value});
  has_ended_ = IsStaleMarker(value);
  return AppendResult::kAppended;
}

void StoredSeries::Begin(Timestamp time, double value) {
  ChunkWriter writer(time, value);
  bytes_ += writer.chunk().bytes();
  const TinyMutexLock lock(mutex_);
  std::swap(writer_, writer);
}

void StoredSeries::Grow() {
  Chunk grown = writer_.Grown();
  bytes_ += grown.bytes() - writer_.chunk().bytes();
  const TinyMutexLock lock(mutex_);
  writer_.MoveTo(grown);
}

void StoredSeries::End() {
  if (writer_.chunk().is_null()) {
    return;
  }
  Complete complete{writer_.Finish(), writer_.last_time()};
  ChunkWriter none;
  bytes_ -= writer_.chunk().bytes();
  bytes_ += complete.chunk.bytes();
  const TinyMutexLock lock(mutex_);
  chunks_.push_back(std::move(complete));
  std::swap(writer_, none);
  if (marks_ != nullptr) {
    marks_->count = 0;
  }
}

void StoredSeries::Mark(const ChunkMark& mark) {
  std::unique_ptr<Marks> first;
  if (marks_ == nullptr) {
    first = std::make_unique<Marks>();
    bytes_ += std::uint32_t{sizeof(Marks)};
  }
  const TinyMutexLock lock(mutex_);
  if (first != nullptr) {
    marks_ = std::move(first);
  }
  marks_->marks[marks_->count++] = mark;
}

const ChunkMark* StoredSeries::MarkBefore(Timestamp after) const {
  if (marks_ == nullptr) {
    return nullptr;
  }
  const std::span<const ChunkMark> marks = std::span(marks_->marks).first(marks_->count);
  const auto later = std::find_if(marks.begin(), marks.end(),
                                  [&](const ChunkMark& mark) { return mark.time > after; });
  return later == marks.begin() ? nullptr : &*(later - 1);
}

void StoredSeries::DropBefore(Timestamp time) {
  if (writer_.last_time() < time) {
    End();
  }
  const auto kept = std::find_if(chunks_.begin(), chunks_.end(), [&](const Complete& complete) {
    return complete.last_time >= time;
  });
  if (kept == chunks_.begin()) {
    return;
  }
  for (auto dropped = chunks_.begin(); dropped != kept; ++dropped) {
    bytes_ -= dropped->chunk.bytes();
  }
  const TinyMutexLock lock(mutex_);
  chunks_.erase(chunks_.begin(), kept);
}

std::shared_ptr<StoredSeries> StoredSeries::CopyUntil(Timestamp time) const {
  auto copy = std::make_shared<StoredSeries>(series_);
  const auto kept = std::find_if(chunks_.begin(), chunks_.end(), [&](const Complete& complete) {
    return complete.last_time > time;
  });
  copy->chunks_.assign(chunks_.begin(), kept);
  Timestamp last = Timestamp::min();
  for (const Complete& complete : copy->chunks_) {
    copy->bytes_ += complete.chunk.bytes();
    last = complete.last_time;
  }
  std::vector<Point> points;
  Read(last, time, points);
  for (const Point& point : points) {
    copy->Append(point.time, point.value);
  }
  if (points.empty() && !copy->chunks_.empty()) {
    Read(last - Duration(1), last, points);
    copy->newest_.Set(points.back());
    copy->has_ended_ = IsStaleMarker(points.back().value);
  }
  return copy;
}

void StoredSeries::ListChunks(std::vector<ChunkSize>& chunks) const {
  for (const Complete& complete : chunks_) {
    chunks.push_back({complete.last_time, complete.chunk.bytes()});
  }
}

Timestamp StoredSeries::first_time() const {
  if (!chunks_.empty()) {
    return chunks_.front().chunk.first_time();
  }
  return writer_.chunk().is_null() ? Timestamp::max() : writer_.chunk().first_time();
}

void StoredSeries::Read(Timestamp after, Timestamp until, std::vector<Point>& points) const {
  // Usually there are few chunks, which fit on the stack.
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): memory hands it out piece by piece.
  alignas(Chunk) std::array<std::byte, 8 * sizeof(Chunk)> buffer;
  std::pmr::monotonic_buffer_resource memory(buffer.data(), buffer.size());
  std::pmr::vector<Chunk> complete(&memory);
  Chunk growing;
  std::optional<ChunkMark> mark;
  {
    const TinyMutexLock lock(mutex_);
    auto wanted = std::upper_bound(
        chunks_.begin(), chunks_.end(), after,
        [](Timestamp time, const Complete& candidate) { return time < candidate.last_time; });
    const auto end = std::find_if(wanted, chunks_.end(), [&](const Complete& candidate) {
      return candidate.chunk.first_time() > until;
    });
    complete.reserve(static_cast<std::size_t>(end - wanted));
    for (; wanted != end; ++wanted) {
      complete.push_back(wanted->chunk);
    }
    growing = writer_.chunk();
    if (const ChunkMark* const found = MarkBefore(after)) {
      mark = *found;
    }
  }
  for (const Chunk& chunk : complete) {
    chunk.Read(after, until, points);
  }
  if (!growing.is_null()) {
    growing.Read(after, until, points, mark ? &*mark : nullptr);
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
  return first_time() <= until && (!newest || newest->time >= from);
}

}  // namespace hakem::tsdb

#include "tsdb/snapshot_recorder.h"

#include <utility>

#include "tsdb/target_labels.h"

namespace hakem::tsdb {
namespace {

/// How many slots ahead a series is prefetched into the cache.
constexpr std::size_t kAhead = 8;

}  // namespace

SnapshotRecorder::SnapshotRecorder(Store& store, Labels target_labels)
    : store_(store),
      target_labels_(std::move(target_labels)),
      up_(std::make_shared<const Series>(Labels{{std::string(kMetricNameLabel), "up"}})) {}

void SnapshotRecorder::Record(const Snapshot& snapshot) {
  Store::AppendBatch batch(store_);
  cursor_ = 0;
  place_.clear();
  std::vector<Slot> recorded;
  recorded.reserve(last_.size());
  const auto record = [&](const SeriesRef& series, double value) {
    const Slot& slot = recorded.emplace_back(FindSlot(batch, series));
    batch.Append(*slot.stored, snapshot.time, value);
  };
  for (const MetricFamily& family : snapshot.families) {
    for (const Sample& sample : family.samples) {
      record(sample.series, sample.value);
    }
  }
  record(up_, 1);
  for (const Slot& slot : last_) {
    // The store may have replaced the series, and the snapshot may hold its labels under a new
    // identity: look it up by labels before it is marked stale.
    const auto stored = slot.stored != nullptr && slot.stored->is_dropped()
                            ? batch.Find(slot.stored->series()->labels)
                            : slot.stored;
    if (stored != nullptr && stored->last_time() < snapshot.time && !stored->has_ended()) {
      batch.Append(*stored, snapshot.time, kStaleMarker);
    }
  }
  batch.Commit();
  last_ = std::move(recorded);
}

SnapshotRecorder::Slot SnapshotRecorder::FindSlot(Store::AppendBatch& batch,
                                                  const SeriesRef& source) {
  if (cursor_ < last_.size() && IsUsable(last_[cursor_])) {
    if (cursor_ + kAhead < last_.size()) {
      __builtin_prefetch(last_[cursor_ + kAhead].stored.get(), 1);
    }
    if (last_[cursor_].source == source) {
      return std::move(last_[cursor_++]);
    }
    if (last_[cursor_].source->labels == source->labels) {  // A new identity with the same labels.
      return {source, std::move(last_[cursor_++].stored)};
    }
  }
  if (place_.empty()) {
    for (std::size_t i = cursor_; i < last_.size(); ++i) {
      place_.emplace(last_[i].source.get(), i);
    }
  }
  if (const auto found = place_.find(source.get());
      found != place_.end() && IsUsable(last_[found->second])) {
    cursor_ = found->second + 1;
    return {source, std::move(last_[found->second].stored)};
  }
  return {source, HasTargetLabels(source->labels, target_labels_)
                      ? batch.FindOrAdd(source)
                      : batch.FindOrAdd(WithTargetLabels(source->labels, target_labels_))};
}

bool SnapshotRecorder::IsUsable(const Slot& slot) {
  return slot.stored != nullptr && !slot.stored->is_dropped();
}

}  // namespace hakem::tsdb

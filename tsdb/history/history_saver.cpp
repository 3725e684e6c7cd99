#include "tsdb/history/history_saver.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "tsdb/history/labels_text.h"

namespace hakem::tsdb {
namespace {

/// What one block covers at most, so that a save after a long failure needs no more memory.
constexpr Duration kSlice = std::chrono::minutes(10);
/// How late a sample may come: rules write theirs at the time of the samples that they read.
constexpr Duration kLate = std::chrono::minutes(1);

}  // namespace

HistorySaver::HistorySaver(SavedHistory on_disk, Deps deps)
    : deps_(std::move(deps)),
      on_disk_(std::move(on_disk)),
      saved_until_(deps_.store.Stats().max_time.value_or(Timestamp::min() + kLate)) {
  deps_.instruments.Set(kHistorySaved, {}, 1);
  deps_.instruments.Add(kHistorySavedBytes, {}, 0);
  deps_.instruments.Add(kHistorySaveFailures, {}, 0);
}

void HistorySaver::Save() {
  const StoreStats stats = deps_.store.Stats();
  if (!stats.max_time || !stats.min_time) {
    return;
  }
  // Not from the beginning of time on, nor over what retention has dropped.
  Timestamp until = std::max(saved_until_, *stats.min_time - Duration(1));
  Result<void> saved;
  do {
    until = std::min(*stats.max_time, until + kSlice);
    saved = SaveSlice(until);
  } while (saved && until < *stats.max_time);
  NoteOutcome(saved);
}

Result<void> HistorySaver::SaveSlice(Timestamp until) {
  SavedChange change;
  change.block.is_key = blocks_until_key_ == 0;
  change.oldest_kept = deps_.store.Stats().min_time.value_or(until);
  if (change.block.is_key) {
    ForgetDropped();
  }
  change.removed = on_disk_.unused;
  const NewPoints taken = TakeNew(until, change);
  if (!taken.parts.empty()) {
    if (Result<void> saved = SaveBlock(taken, until, change); !saved) {
      return saved;
    }
  }
  saved_until_ = until;
  return {};
}

HistorySaver::NewPoints HistorySaver::TakeNew(Timestamp until, SavedChange& change) {
  NewPoints taken;
  const Timestamp after = saved_until_ - kLate;
  deps_.store.ForEachStored([&](const StoredSeries& stored) {
    if (!stored.Overlaps(after, until)) {
      return;
    }
    const auto known = on_disk_.series.find(stored.series());
    const bool is_new = known == on_disk_.series.end();
    const std::size_t begin = taken.points.size();
    stored.Read(is_new ? after : std::max(after, known->second.until), until, taken.points);
    const std::size_t count = taken.points.size() - begin;
    if (count == 0) {
      return;
    }
    SavedSpan* saved = is_new ? nullptr : &known->second;
    if (is_new) {
      const SavedSpan span{on_disk_.next_id++, Timestamp::min()};
      saved = &on_disk_.series.emplace(stored.series(), span).first->second;
      change.added.push_back({span.id, ToBytes(stored.series()->labels)});
    }
    taken.parts.push_back({stored.series(), saved, begin, count});
  });
  return taken;
}

Result<void> HistorySaver::SaveBlock(const NewPoints& taken, Timestamp until, SavedChange& change) {
  std::vector<std::span<const Point>> by_id(on_disk_.next_id);
  change.block.min_time = Timestamp::max();
  change.block.max_time = until;
  for (const NewPoints::Part& one : taken.parts) {
    const std::span<const Point> points = taken.Of(one);
    change.block.min_time = std::min(change.block.min_time, points.front().time);
    by_id[one.saved->id] = points;
  }
  change.block.data = encoder_.Encode(by_id, change.block.is_key);
  Result<void> saved = deps_.disk.Save(change);
  if (!saved) {
    blocks_until_key_ = 0;  // The encoder has gone on, and the disk has not.
    for (const NewPoints::Part& one : taken.parts) {
      if (one.saved->until == Timestamp::min()) {
        on_disk_.series.erase(one.series);
      }
    }
    return saved;
  }
  for (const NewPoints::Part& one : taken.parts) {
    one.saved->until = taken.Of(one).back().time;
  }
  on_disk_.unused.clear();
  blocks_until_key_ = (change.block.is_key ? kBlocksPerKey : blocks_until_key_) - 1;
  deps_.instruments.Add(kHistorySavedBytes, {}, static_cast<double>(change.block.data.size()));
  return {};
}

void HistorySaver::ForgetDropped() {
  std::unordered_set<SeriesRef> stored;
  for (SeriesRef& series : deps_.store.SelectSeries({}, Timestamp::min(), Timestamp::max())) {
    stored.insert(std::move(series));
  }
  std::erase_if(on_disk_.series, [&](const auto& entry) {
    const bool is_dropped = !stored.contains(entry.first);
    if (is_dropped) {
      on_disk_.unused.push_back(entry.second.id);
    }
    return is_dropped;
  });
}

void HistorySaver::NoteOutcome(const Result<void>& outcome) {
  deps_.instruments.Set(kHistorySaved, {}, outcome ? 1 : 0);
  if (!outcome) {
    deps_.instruments.Add(kHistorySaveFailures, {});
  }
  if (!outcome && works_) {
    deps_.log.Warn("history cannot be written to disk: it is kept in memory, and tried again",
                   {{"error", outcome.error().message}});
  } else if (outcome && !works_) {
    deps_.log.Info("history is written to disk again");
  }
  works_ = outcome.has_value();
}

}  // namespace hakem::tsdb

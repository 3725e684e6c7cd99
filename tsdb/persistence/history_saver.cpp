#include "tsdb/persistence/history_saver.h"

#include <algorithm>
#include <new>
#include <utility>

namespace hakem::tsdb {
namespace {

/// The longest time that one block covers. It bounds the memory of a save after a long failure.
constexpr Duration kSlice = std::chrono::minutes(10);
/// How late a sample may be appended: rules stamp theirs with the time of the samples they read.
constexpr Duration kLate = std::chrono::minutes(1);

}  // namespace

HistorySaver::HistorySaver(SavedHistory on_disk, Deps deps)
    : deps_(std::move(deps)),
      on_disk_(std::move(on_disk)),
      saved_until_(deps_.store.Stats().max_time.value_or(Timestamp::min() + kLate)) {
  deps_.instruments.Set(kHistorySaved, {}, 1);
  deps_.instruments.Add(kHistorySavedBytes, {}, 0);
  deps_.instruments.Add(kHistorySaveFailures, {}, 0);
  if (on_disk_.has_future) {
    BeginAnew();
  }
}

/// Forgets what the disk holds, so that the next save writes everything again.
void HistorySaver::BeginAnew() {
  deps_.store.ForEachStored([](const StoredSeries& stored) { stored.SetSavedId(kNotSaved); });
  on_disk_ = {};
  blocks_until_key_ = 0;
  saved_until_ = Timestamp::min() + kLate;
  replaces_all_ = true;
}

void HistorySaver::Save() {
  const StoreStats stats = deps_.store.Stats();
  if (std::exchange(rewrites_, stats.rewrites) != stats.rewrites) {
    BeginAnew();
  }
  if (!stats.max_time || !stats.min_time) {
    return;
  }
  // Slices begin no earlier than the oldest sample that retention has left.
  Timestamp until = std::max(saved_until_, *stats.min_time - Duration(1));
  Result<void> saved;
  Duration slice = kSlice;
  do {
    until = *stats.max_time - until > slice ? until + slice : *stats.max_time;
    const std::size_t before = blocks_;
    saved = TrySlice(until);
    slice = blocks_ != before ? kSlice : 2 * slice;  // Crosses a gap of years quickly.
  } while (saved && until < *stats.max_time);
  NoteOutcome(saved);
}

Result<void> HistorySaver::TrySlice(Timestamp until) {
  try {
    return SaveSlice(until);
  } catch (const std::bad_alloc&) {
    blocks_until_key_ = 0;  // The encoder may be ahead of the disk now, so a key block must follow.
    return Fail(ErrorCode::kUnavailable, "there is no memory left");
  }
}

Result<void> HistorySaver::SaveSlice(Timestamp until) {
  SavedChange change;
  change.block.is_key = blocks_until_key_ == 0;
  change.oldest_kept = deps_.store.Stats().min_time.value_or(until);
  if (change.block.is_key) {
    ForgetDropped();
  }
  change.removed = on_disk_.unused;
  change.replaces_all = replaces_all_;
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
    const SavedId id = stored.saved_id();
    const Timestamp saved_until = id == kNotSaved ? Timestamp::min() : on_disk_.until[id];
    const std::size_t begin = taken.points.size();
    stored.Read(std::max(after, saved_until), until, taken.points);
    const std::size_t count = taken.points.size() - begin;
    if (count == 0) {
      return;
    }
    if (id == kNotSaved) {
      on_disk_.until.push_back(Timestamp::min());
      stored.SetSavedId(on_disk_.next_id() - 1);
    }
    if (saved_until == Timestamp::min()) {
      change.added.push_back({stored.saved_id(), stored.series()->labels});
    }
    taken.parts.push_back({stored.saved_id(), static_cast<std::uint32_t>(count), begin});
  });
  return taken;
}

Result<void> HistorySaver::SaveBlock(const NewPoints& taken, Timestamp until, SavedChange& change) {
  std::vector<std::span<const Point>> by_id(on_disk_.next_id());
  change.block.min_time = Timestamp::max();
  change.block.max_time = until;
  for (const NewPoints::Part& one : taken.parts) {
    const std::span<const Point> points = taken.Of(one);
    change.block.min_time = std::min(change.block.min_time, points.front().time);
    by_id[one.id] = points;
  }
  change.block.data = encoder_.Encode(by_id, change.block.is_key);
  Result<void> saved = deps_.disk.Save(change);
  if (!saved) {
    blocks_until_key_ = 0;  // The encoder is ahead of the disk now, so a key block must follow.
    return saved;
  }
  for (const NewPoints::Part& one : taken.parts) {
    on_disk_.until[one.id] = taken.Of(one).back().time;
  }
  on_disk_.unused.clear();
  replaces_all_ = false;
  ++blocks_;
  blocks_until_key_ = (change.block.is_key ? kBlocksPerKey : blocks_until_key_) - 1;
  deps_.instruments.Add(kHistorySavedBytes, {}, static_cast<double>(change.block.data.size()));
  return {};
}

void HistorySaver::ForgetDropped() {
  std::vector<bool> is_stored(on_disk_.next_id());
  deps_.store.ForEachStored([&](const StoredSeries& stored) {
    if (stored.saved_id() != kNotSaved) {
      is_stored[stored.saved_id()] = true;
    }
  });
  for (SavedId id = 0; id < on_disk_.next_id(); ++id) {
    if (!is_stored[id] && on_disk_.until[id] != Timestamp::min()) {
      on_disk_.unused.push_back(id);
      on_disk_.until[id] = Timestamp::min();
    }
  }
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

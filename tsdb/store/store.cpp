#include "tsdb/store/store.h"

#include <algorithm>
#include <limits>
#include <new>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "model/interruption.h"

namespace hakem::tsdb {
namespace {

/// How often retention runs, measured by the times of the samples.
constexpr Duration kRetentionInterval = std::chrono::minutes(1);
/// Retention by size frees down to this share of the limit, so that the next append fits.
constexpr double kFillRatio = 0.95;

constexpr Duration::rep kNever = std::numeric_limits<Duration::rep>::min();

Duration::rep CountOf(Timestamp time) {
  return time.time_since_epoch().count();
}

std::optional<Timestamp> TimeOf(Duration::rep count, Duration::rep none) {
  return count == none ? std::nullopt : std::optional(Timestamp(Duration(count)));
}

/// Hashes and compares stored series by their labels; also looks them up by labels alone.
struct LabelsOf {
  using is_transparent = void;

  static const Labels& Get(const Labels& labels) { return labels; }

  static const Labels& Get(const std::shared_ptr<StoredSeries>& stored) {
    return stored->series()->labels;
  }

  std::size_t operator()(const auto& one) const { return Get(one).hash(); }

  bool operator()(const auto& one, const auto& other) const { return Get(one) == Get(other); }
};

/// Calls `visit` for the series that satisfy all matchers and may have a sample in [from, until].
template <typename Visit>
void VisitSeries(const Index& index, std::span<const Matcher> matchers, Timestamp from,
                 Timestamp until, Visit visit) {
  for (const StoredSeries* series : index.Select(matchers)) {
    CheckInterrupted();
    if (series->Overlaps(from, until)) {
      visit(series->series());
    }
  }
}

/// Returns a copy of the series in which the samples ahead of time are moved back.
std::shared_ptr<StoredSeries> WithPointsMovedBack(const StoredSeries& series,
                                                  const AheadOfTime& ahead, std::size_t& moved) {
  std::vector<Point> points;
  series.Read(ahead.after, Timestamp::max(), points);
  Timestamp kept_until = std::min(ahead.after, ahead.until);
  if (!points.empty()) {
    kept_until = std::min(kept_until, points.front().time - ahead.by - Duration(1));
  }
  auto now = series.CopyUntil(kept_until);
  for (const Point& point : points) {
    if (const Timestamp time = point.time - ahead.by; time <= ahead.until) {
      now->Append(time, point.value);
      ++moved;
    }
  }
  return now;
}

}  // namespace

struct Store::AppendBatch::Added {
  Index::Series list;
  std::unordered_set<std::shared_ptr<StoredSeries>, LabelsOf, LabelsOf> by_labels;
};

Store::Store(StoreOptions options)
    : options_(options), committed_(kNever), min_time_(CountOf(Timestamp::max())) {
  index_.Set(std::make_shared<const Index>());
}

Store::~Store() = default;

void Store::Append(Timestamp time, std::span<const Sample> samples) {
  AppendBatch batch(*this);
  for (const Sample& sample : samples) {
    batch.Append(*batch.FindOrAdd(sample.series->labels), time, sample.value);
  }
  batch.Commit();
}

Store::AppendBatch::AppendBatch(Store& store)
    : store_(store),
      lock_(store.append_mutex_),
      index_(store.IndexForAppend()),
      added_(std::make_unique<Added>()) {}

std::shared_ptr<StoredSeries> Store::AppendBatch::FindOrAdd(const Labels& labels) {
  auto known = Find(labels);
  return known != nullptr ? known : Add(std::make_shared<const Series>(labels));
}

std::shared_ptr<StoredSeries> Store::AppendBatch::FindOrAdd(const SeriesRef& series) {
  auto known = Find(series->labels);
  return known != nullptr ? known : Add(series);
}

std::shared_ptr<StoredSeries> Store::AppendBatch::Find(const Labels& labels) const {
  if (auto stored = index_->Find(labels)) {
    return stored;
  }
  const auto added = added_->by_labels.find(labels);
  return added == added_->by_labels.end() ? nullptr : *added;
}

std::shared_ptr<StoredSeries> Store::AppendBatch::Add(SeriesRef series) {
  auto made = std::make_shared<StoredSeries>(std::move(series));
  grown_bytes_ += static_cast<std::int64_t>(made->bytes());
  added_->by_labels.insert(made);
  added_->list.push_back(made);
  return made;
}

void Store::AppendBatch::Append(StoredSeries& series, Timestamp time, double value) {
  const auto before = static_cast<std::int64_t>(series.bytes());
  if (CountOf(time) <= store_.committed_.load(std::memory_order_relaxed)) {
    late_.emplace_back(&series, series.last_time());
  }
  switch (series.Append(time, value)) {
    case AppendResult::kAppended:
      ++appended_;
      first_ = std::min(first_, time);
      last_ = std::max(last_, time);
      break;
    case AppendResult::kOutOfOrder:
      store_.out_of_order_total_.fetch_add(1, std::memory_order_relaxed);
      break;
    case AppendResult::kDuplicate:
      store_.duplicates_total_.fetch_add(1, std::memory_order_relaxed);
      break;
  }
  grown_bytes_ += static_cast<std::int64_t>(series.bytes()) - before;
}

void Store::AppendBatch::Commit() {
  store_.Publish(last_, added_->list);
  committed_ = true;
  store_.samples_total_.fetch_add(appended_, std::memory_order_relaxed);
  store_.bytes_.fetch_add(static_cast<std::uint64_t>(grown_bytes_), std::memory_order_relaxed);
  store_.min_time_ = std::min(store_.min_time_.load(), CountOf(first_));
  store_.RetainIfDue();
}

Store::AppendBatch::~AppendBatch() {
  if (committed_) {
    return;
  }
  for (const std::shared_ptr<StoredSeries>& series : added_->list) {
    grown_bytes_ -= static_cast<std::int64_t>(series->bytes());
    series->MarkDropped();
  }
  store_.bytes_.fetch_add(static_cast<std::uint64_t>(grown_bytes_), std::memory_order_relaxed);
  store_.has_uncommitted_ = store_.has_uncommitted_ || appended_ > 0;
  store_.uncommitted_late_ = std::move(late_);
}

std::shared_ptr<const Index> Store::IndexForAppend() {
  if (has_uncommitted_) {
    DropUncommitted();
  }
  return index_.Get();
}

/// Replaces each series that has samples of a batch that did not commit by a copy without them.
void Store::DropUncommitted() {
  const Timestamp committed(Duration(committed_.load()));
  // The first of several appends to a series says what came before.
  const std::unordered_map<const StoredSeries*, Timestamp> late(uncommitted_late_.begin(),
                                                                uncommitted_late_.end());
  Index::Series kept;
  Index::Series replaced;
  std::uint64_t bytes = 0;
  for (const std::shared_ptr<StoredSeries>& series : index_.Get()->series()) {
    const auto undone = late.find(series.get());
    const Timestamp until = undone == late.end() ? committed : std::min(committed, undone->second);
    if (series->last_time() > until) {
      replaced.push_back(series);
      kept.push_back(series->CopyUntil(until));
    } else {
      kept.push_back(series);
    }
    bytes += kept.back()->bytes();
  }
  if (!replaced.empty()) {
    index_.Set(std::make_shared<const Index>(kept));
    for (const std::shared_ptr<StoredSeries>& series : replaced) {
      series->MarkDropped();
    }
    bytes_ = bytes;
    ++rewrites_;
  }
  has_uncommitted_ = false;
  uncommitted_late_.clear();
}

void Store::Publish(Timestamp newest, const Index::Series& added) {
  if (!added.empty()) {
    index_.Set(std::make_shared<const Index>(index_.Get()->With(added)));
  }
  committed_ = std::max(CountOf(newest), committed_.load());
}

void Store::RetainIfDue() {
  const Timestamp newest(Duration(committed_.load()));
  if (newest < next_retention_ && bytes_ <= options_.max_bytes) {
    return;
  }
  try {
    Retain(newest);
    next_retention_ = newest + kRetentionInterval;
  } catch (const std::bad_alloc&) {  // Still due: the next commit tries it again.
  }
}

Timestamp Store::OldestKept(Timestamp now) const {
  const Timestamp by_time = now - options_.retention;
  std::vector<StoredSeries::ChunkSize> chunks;
  if (bytes_ <= options_.max_bytes) {
    return by_time;
  }
  for (const auto& series : index_.Get()->series()) {
    series->ListChunks(chunks);
  }
  std::sort(chunks.begin(), chunks.end(),
            [](const auto& a, const auto& b) { return a.last_time < b.last_time; });
  const auto wanted =
      static_cast<std::uint64_t>(static_cast<double>(options_.max_bytes) * kFillRatio);
  std::uint64_t left = bytes_;
  Timestamp oldest = by_time;
  for (const StoredSeries::ChunkSize& chunk : chunks) {
    if (left <= wanted) {
      break;
    }
    left -= chunk.bytes;
    oldest = std::max(by_time, chunk.last_time + Duration(1));
  }
  return oldest;
}

void Store::Retain(Timestamp now) {
  const Timestamp oldest = OldestKept(now);
  const std::shared_ptr<const Index> index = index_.Get();
  Timestamp min_time = Timestamp::max();
  std::uint64_t bytes = 0;
  Index::Series kept;
  for (const std::shared_ptr<StoredSeries>& series : index->series()) {
    series->DropBefore(oldest);
    if (series->is_empty()) {
      series->MarkDropped();
      continue;
    }
    bytes += series->bytes();
    min_time = std::min(min_time, series->first_time());
    kept.push_back(series);
  }
  if (kept.size() < index->series().size()) {
    index_.Set(std::make_shared<const Index>(kept));
  }
  bytes_ = bytes;
  min_time_ = CountOf(min_time);
}

void Store::PostponeRetention(Timestamp until) {
  const MutexLock lock(append_mutex_);
  next_retention_ = std::max(next_retention_, until);
}

std::size_t Store::MoveBack(const AheadOfTime& ahead) {
  const MutexLock lock(append_mutex_);
  const std::shared_ptr<const Index> index = IndexForAppend();  // The copies lack what is undone.
  Index::Series kept;
  std::uint64_t bytes = 0;
  std::size_t moved = 0;
  Timestamp newest = Timestamp::min();
  Timestamp oldest = Timestamp::max();
  for (const std::shared_ptr<StoredSeries>& series : index->series()) {
    std::shared_ptr<StoredSeries> now = series;
    if (series->last_time() > std::min(ahead.after, ahead.until)) {
      now = WithPointsMovedBack(*series, ahead, moved);
      series->MarkDropped();
    }
    if (now->is_empty()) {
      continue;
    }
    bytes += now->bytes();
    newest = std::max(newest, now->last_time());
    oldest = std::min(oldest, now->first_time());
    kept.push_back(std::move(now));
  }
  index_.Set(std::make_shared<const Index>(kept));
  bytes_ = bytes;
  min_time_ = CountOf(oldest);
  committed_ = kept.empty() ? kNever : CountOf(newest);
  next_retention_ = Timestamp();
  ++rewrites_;
  return moved;
}

std::vector<SelectedSeries> Store::Select(std::span<const Matcher> matchers, Timestamp after,
                                          Timestamp until) const {
  std::vector<SelectedSeries> selected;
  ForEach(matchers, after, until, [&](const SeriesRef& series, const std::vector<Point>& points) {
    selected.push_back({series, points});
  });
  return selected;
}

void Store::ForEach(std::span<const Matcher> matchers, Timestamp after, Timestamp until,
                    const Visit& visit) const {
  until = std::min(until, Timestamp(Duration(committed_.load())));
  const std::shared_ptr<const Index> index = index_.Get();
  std::vector<Point> points;
  for (const StoredSeries* series : index->Select(matchers)) {
    CheckInterrupted();
    points.clear();
    series->Read(after, until, points);
    if (!points.empty()) {
      visit(series->series(), points);
    }
  }
}

std::vector<NewestPoint> Store::SelectNewest(std::span<const Matcher> matchers, Timestamp after,
                                             Timestamp until) const {
  until = std::min(until, Timestamp(Duration(committed_.load())));
  const std::shared_ptr<const Index> index = index_.Get();
  const std::vector<const StoredSeries*> candidates = index->Select(matchers);
  std::vector<NewestPoint> selected;
  selected.reserve(candidates.size());
  for (const StoredSeries* series : candidates) {
    CheckInterrupted();
    if (const std::optional<Point> newest = series->ReadNewest(after, until)) {
      selected.push_back({series->series(), *newest});
    }
  }
  return selected;
}

std::vector<SeriesRef> Store::SelectSeries(std::span<const Matcher> matchers, Timestamp from,
                                           Timestamp until) const {
  std::vector<SeriesRef> selected;
  VisitSeries(*index_.Get(), matchers, from, until,
              [&](const SeriesRef& series) { selected.push_back(series); });
  return selected;
}

std::vector<std::string> Store::LabelNames(std::span<const Matcher> matchers, Timestamp from,
                                           Timestamp until) const {
  std::set<std::string_view> names;
  const std::shared_ptr<const Index> index = index_.Get();  // Owns the texts.
  VisitSeries(*index, matchers, from, until, [&](const SeriesRef& series) {
    for (const LabelView label : series->labels) {
      names.insert(label.name);
    }
  });
  return {names.begin(), names.end()};
}

std::vector<std::string> Store::LabelValues(std::string_view name,
                                            std::span<const Matcher> matchers, Timestamp from,
                                            Timestamp until) const {
  std::unordered_set<std::string_view> values;
  const std::shared_ptr<const Index> index = index_.Get();  // Owns the texts.
  VisitSeries(*index, matchers, from, until, [&](const SeriesRef& series) {
    if (const std::string_view value = series->labels.Get(name); !value.empty()) {
      values.insert(value);
    }
  });
  std::vector<std::string> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

void Store::ForEachStored(const std::function<void(const StoredSeries&)>& visit) const {
  const std::shared_ptr<const Index> index = index_.Get();
  for (const std::shared_ptr<StoredSeries>& series : index->series()) {
    visit(*series);
  }
}

SeriesRef Store::MakeSeries(Labels labels) const {
  const std::shared_ptr<StoredSeries> stored = index_.Get()->Find(labels);
  return stored != nullptr ? stored->series() : std::make_shared<const Series>(std::move(labels));
}

StoreStats Store::Stats() const {
  return {.series = index_.Get()->series().size(),
          .samples_total = samples_total_,
          .bytes = bytes_,
          .out_of_order_total = out_of_order_total_,
          .duplicates_total = duplicates_total_,
          .min_time = TimeOf(min_time_, CountOf(Timestamp::max())),
          .max_time = TimeOf(committed_, kNever),
          .rewrites = rewrites_};
}

}  // namespace hakem::tsdb

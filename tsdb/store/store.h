#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/mutex.h"
#include "model/published.h"
#include "tsdb/index/index.h"
#include "tsdb/series/queryable.h"
#include "tsdb/series/stored_series.h"

namespace hakem::tsdb {

struct StoreOptions {
  Duration retention = std::chrono::hours(24);
  /// Bytes of memory. Beyond it, the oldest chunks are dropped first.
  std::uint64_t max_bytes = std::uint64_t{256} << 20;
};

/// Describes samples whose timestamps come from a clock that was ahead.
struct AheadOfTime {
  Timestamp after;  ///< Samples later than this were stamped by that clock.
  Duration by;      ///< How far the clock was ahead; more than 0.
  Timestamp until;  ///< The corrected clock's time; later samples are dropped.
};

struct StoreStats {
  std::size_t series = 0;
  std::uint64_t samples_total = 0;         ///< Appended since the start.
  std::uint64_t bytes = 0;                 ///< Memory that series and samples take.
  std::uint64_t out_of_order_total = 0;    ///< Refused: the series had a later sample.
  std::uint64_t duplicates_total = 0;      ///< Refused: the series had a sample of that time.
  std::optional<Timestamp> min_time = {};  ///< Time of the oldest sample; nothing when empty.
  std::optional<Timestamp> max_time = {};  ///< Time of the newest sample; nothing when empty.
  std::uint64_t rewrites = 0;  ///< How often stored samples changed; readers must start over.
};

/// The time series database in memory: compressed series, found by labels. Thread-safe. Appends run
/// one at a time. Readers wait for an append at most as long as it takes to copy a pointer. They
/// see all samples of a batch or none, if the batch is later than everything committed before, as
/// collections are. Of a batch that is not, as those of rules are not, they may see a part while it
/// is appended.
class Store final : public Queryable {
 public:
  explicit Store(StoreOptions options = {});
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  ~Store() override;

  /// Appends samples of one timestamp and commits them. A sample that is not later than the last
  /// one of its series is refused and counted. Throws std::bad_alloc; nothing is committed then.
  void Append(Timestamp time, std::span<const Sample> samples);

  std::vector<SelectedSeries> Select(std::span<const Matcher> matchers, Timestamp after,
                                     Timestamp until) const override;

  void ForEach(std::span<const Matcher> matchers, Timestamp after, Timestamp until,
               const Visit& visit) const override;

  std::vector<NewestPoint> SelectNewest(std::span<const Matcher> matchers, Timestamp after,
                                        Timestamp until) const override;

  /// Returns the series that satisfy all matchers and may have a sample in [from, until], sorted by
  /// labels. No sample is decoded, so a series with a gap there may be included.
  std::vector<SeriesRef> SelectSeries(std::span<const Matcher> matchers, Timestamp from,
                                      Timestamp until) const;

  /// Returns the names of all labels of such series, sorted.
  std::vector<std::string> LabelNames(std::span<const Matcher> matchers, Timestamp from,
                                      Timestamp until) const;

  /// Returns all values of a label in such series, sorted.
  std::vector<std::string> LabelValues(std::string_view name, std::span<const Matcher> matchers,
                                       Timestamp from, Timestamp until) const;

  /// Calls `visit` for every series, in no particular order.
  void ForEachStored(const std::function<void(const StoredSeries&)>& visit) const;

  /// Returns the store's shared identity of the series with these labels, or a new one when the
  /// store has no such series. Does not add the series.
  SeriesRef MakeSeries(Labels labels) const;

  StoreStats Stats() const;

  /// Moves samples that were stamped ahead of time back by `ahead.by`. Drops the samples that stand
  /// at those times, and samples that would still lie in the future. Changed series are replaced by
  /// new ones with the same labels (see StoredSeries::is_dropped). Returns how many samples moved.
  std::size_t MoveBack(const AheadOfTime& ahead);

  /// Suspends retention by age until a sample of this time is appended, so that a clock that is
  /// ahead by mistake does not delete the whole history. The limit max_bytes still applies.
  void PostponeRetention(Timestamp until);

  /// Appends samples to series and commits them together. Holds the store's append lock while it
  /// lives, so that no other append begins. Used by one thread.
  ///
  /// A batch that ends without Commit, by an exception for example, is undone: its new series are
  /// dropped at once, its samples of known series before the next batch begins. Until then readers
  /// see those samples that are not later than everything committed before.
  class AppendBatch {
   public:
    /// For each sample that is not later than everything committed before: its series and the time
    /// of the sample before.
    using LateAppends = std::vector<std::pair<const StoredSeries*, Timestamp>>;

    /// Waits for the append lock. Throws std::bad_alloc.
    explicit AppendBatch(Store& store);
    AppendBatch(const AppendBatch&) = delete;
    AppendBatch& operator=(const AppendBatch&) = delete;
    ~AppendBatch();

    /// Returns the series with these labels; creates it when there is none. Callers may keep it for
    /// later batches as long as it is not is_dropped().
    std::shared_ptr<StoredSeries> FindOrAdd(const Labels& labels);

    /// Does the same for the labels of `series`. A series that is created shares this identity.
    std::shared_ptr<StoredSeries> FindOrAdd(const SeriesRef& series);

    /// Returns the series with these labels; null when there is none.
    std::shared_ptr<StoredSeries> Find(const Labels& labels) const;

    /// Appends a sample. One that is not later than the series' last one is refused and counted.
    void Append(StoredSeries& series, Timestamp time, double value);

    /// Makes the samples visible to readers, and applies retention when it is due. To be called
    /// once, after the last Append. Throws std::bad_alloc; the batch is undone then.
    void Commit();

   private:
    /// The series that this batch has created.
    struct Added;

    std::shared_ptr<StoredSeries> Add(SeriesRef series);

    Store& store_;
    MutexLock lock_;
    Timestamp first_ = Timestamp::max();
    Timestamp last_ = Timestamp::min();
    LateAppends late_;
    const std::shared_ptr<const Index> index_;  ///< The store's index when this batch began.
    const std::unique_ptr<Added> added_;
    std::uint64_t appended_ = 0;
    std::int64_t grown_bytes_ = 0;
    bool committed_ = false;
  };

 private:
  // Require append_mutex_, which an AppendBatch holds.
  std::shared_ptr<const Index> IndexForAppend();
  void DropUncommitted();
  void Publish(Timestamp newest, const Index::Series& added);
  void RetainIfDue();
  void Retain(Timestamp now);
  Timestamp OldestKept(Timestamp now) const;

  const StoreOptions options_;
  Published<Index> index_;
  std::atomic<Duration::rep> committed_;  ///< Readers ignore later samples.
  std::atomic<Duration::rep> min_time_;
  std::atomic<std::uint64_t> samples_total_{0};
  std::atomic<std::uint64_t> bytes_{0};
  std::atomic<std::uint64_t> out_of_order_total_{0};
  std::atomic<std::uint64_t> duplicates_total_{0};
  std::atomic<std::uint64_t> rewrites_{0};
  Mutex append_mutex_;
  // Guarded by append_mutex_, which the analysis cannot follow through AppendBatch.
  Timestamp next_retention_{};
  bool has_uncommitted_ = false;  ///< Known series hold samples of a batch that did not commit.
  AppendBatch::LateAppends uncommitted_late_;  ///< Those of that batch.
};

}  // namespace hakem::tsdb

#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/mutex.h"
#include "model/published.h"
#include "tsdb/index/index.h"
#include "tsdb/series/queryable.h"
#include "tsdb/series/stored_series.h"
#include "tsdb/store/appender.h"

namespace hakem::tsdb {

struct StoreOptions {
  Duration retention = std::chrono::hours(24);
  std::uint64_t max_bytes = std::uint64_t{256} << 20;  ///< Of memory; the oldest goes first.
};

/// Samples that were stamped by a clock that was ahead.
struct AheadOfTime {
  Timestamp after;  ///< Later ones were.
  Duration by;      ///< So much; more than 0.
  Timestamp until;  ///< What the clock says now: nothing is kept that is later.
};

struct StoreStats {
  std::size_t series = 0;
  std::uint64_t samples_total = 0;  ///< Appended since the start.
  std::uint64_t bytes = 0;          ///< Of memory that series and samples take.
  std::uint64_t out_of_order_total = 0;
  std::uint64_t duplicates_total = 0;      ///< Refused: the series had a sample of that time.
  std::optional<Timestamp> min_time = {};  ///< Of the oldest sample; nothing when empty.
  std::optional<Timestamp> max_time = {};  ///< Of the newest.
  std::uint64_t moves =
      0;  ///< How often samples were moved; what was read before may be elsewhere.
};

/// The history: series in memory, compressed. Thread-safe. Appends run one at a time; readers take
/// no lock that an append holds for longer than the copy of a pointer, and see an append of one
/// timestamp as a whole or not at all.
class Store final : public Queryable, public Appender {
 public:
  explicit Store(StoreOptions options = {});
  ~Store() override;

  void Append(Timestamp time, std::span<const Sample> samples) override;

  std::vector<SelectedSeries> Select(std::span<const Matcher> matchers, Timestamp after,
                                     Timestamp until) const override;

  void ForEach(std::span<const Matcher> matchers, Timestamp after, Timestamp until,
               const Visit& visit) const override;

  std::vector<NewestPoint> SelectNewest(std::span<const Matcher> matchers, Timestamp after,
                                        Timestamp until) const override;

  /// The series that satisfy all matchers and may have a sample in [from, until], sorted by labels.
  /// No sample is decoded: a series with a gap there may be among them.
  std::vector<SeriesRef> SelectSeries(std::span<const Matcher> matchers, Timestamp from,
                                      Timestamp until) const;

  /// The names of the labels that such series have, sorted.
  std::vector<std::string> LabelNames(std::span<const Matcher> matchers, Timestamp from,
                                      Timestamp until) const;

  /// The values that a label has in such series, sorted.
  std::vector<std::string> LabelValues(std::string_view name, std::span<const Matcher> matchers,
                                       Timestamp from, Timestamp until) const;

  /// Calls `visit` for every series, in no order.
  void ForEachStored(const std::function<void(const StoredSeries&)>& visit) const;

  /// The identity of the series with these labels: the one that the store has, else a new one.
  SeriesRef MakeSeries(Labels labels) const;

  StoreStats Stats() const;

  /// Moves the samples that were ahead of time to where they belong. Drops what is there already,
  /// and what would still be later than it may be. Series that change are dropped for new ones of
  /// the same labels (see StoredSeries::is_dropped). Returns the number of samples that moved.
  std::size_t MoveBack(const AheadOfTime& ahead);

  /// Drops nothing for its age before there is a sample of this time: a clock that is ahead by
  /// mistake must not cost the whole history. What is beyond max_bytes goes all the same.
  void PostponeRetention(Timestamp until);

  /// Appends by series that the caller has looked up before. Readers see them all when this object
  /// ends; until then no other append begins.
  class Round {
   public:
    explicit Round(Store& store);
    Round(const Round&) = delete;
    Round& operator=(const Round&) = delete;
    ~Round();

    /// The series with these labels; made when there is none. Good until it is_dropped.
    std::shared_ptr<StoredSeries> Find(const Labels& labels);

    /// The same; one that is made has this identity.
    std::shared_ptr<StoredSeries> Find(const SeriesRef& series);

    void Append(StoredSeries& series, Timestamp time, double value);

    /// The series with these labels; null when there is none.
    std::shared_ptr<StoredSeries> Known(const Labels& labels) const;

   private:
    /// The new series.
    struct Added;

    std::shared_ptr<StoredSeries> Add(SeriesRef series);

    Store& store_;
    MutexLock lock_;
    Timestamp first_ = Timestamp::max();
    Timestamp last_ = Timestamp::min();
    const std::shared_ptr<const Index> index_;  ///< As it was when this began.
    const std::unique_ptr<Added> added_;
    std::uint64_t appended_ = 0;
    std::int64_t grown_bytes_ = 0;
  };

 private:
  // The appender's, which is who holds append_mutex_ by its Round.
  void Commit(Timestamp newest, const Index::Series& added);
  void Retain(Timestamp now);
  Timestamp OldestKept(Timestamp now) const;

  const StoreOptions options_;
  Published<Index> index_;
  std::atomic<Duration::rep> committed_;  ///< Readers look no further.
  std::atomic<Duration::rep> min_time_;
  std::atomic<std::uint64_t> samples_total_{0};
  std::atomic<std::uint64_t> bytes_{0};
  std::atomic<std::uint64_t> out_of_order_total_{0};
  std::atomic<std::uint64_t> duplicates_total_{0};
  std::atomic<std::uint64_t> moves_{0};
  Mutex append_mutex_;
  // The appender's.
  Timestamp next_retention_{};
};

}  // namespace hakem::tsdb

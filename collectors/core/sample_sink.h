#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "model/metric_family.h"

namespace hakem::collectors {

/// The label value of overflow series and overflow rows.
inline constexpr std::string_view kOther = "other";

/// What to do with a second value for a series in one round (a duplicate, which is counted either
/// way), and whether a gauge may be summed into an overflow series.
enum class OnDuplicate { kKeepFirst, kSum };

/// A metric family that a collector can produce. Usually a constant beside the query.
struct FamilySpec {
  static constexpr int kAnyVersion = std::numeric_limits<int>::max();

  std::string_view name;
  MetricType type = MetricType::kUntyped;
  std::string_view help;
  std::span<const std::string_view> labels =
      {};  ///< Label names, in the order in which values are written.
  OnDuplicate on_duplicate = OnDuplicate::kKeepFirst;
  int min_version = 130000;       ///< The first server version that has it (server_version_num).
  int max_version = kAnyVersion;  ///< The last server version that has it.
  bool name_is_prefix = false;    ///< Stands for all families whose names begin with `name`.
};

/// The value of a histogram.
struct HistogramValue {
  std::span<const double> bounds;   ///< Upper bounds: inclusive, ascending, without +Inf.
  std::span<const double> at_most;  ///< How many observations are at most each bound.
  double count = 0;                 ///< The number of observations.
  double sum = 0;                   ///< The sum of observations.
};

/// Limits the number of series of one collector. Rows of labels that come after the limit is
/// reached are summed into an overflow series, whose labels are `other`:
///
/// - Counters of an overflow series never fall: they sum the growth of their rows. Histograms and
///   gauges of OnDuplicate::kSum are summed. Other gauges have no overflow series.
/// - The choice is sticky: a kept series stays kept while it is written, also over failed rounds.
/// - If the collector itself writes a row whose labels are `other`, that row is always kept, and
///   the overflow is added to it.
/// - When a counter joins an existing overflow series only its further growth counts, because its
///   value may have been part of that series before.
///
/// TopRows does the same for the rows of one query.
struct SeriesLimit {
  std::size_t series = std::numeric_limits<std::size_t>::max();  ///< The number of kept series.
  /// A label whose value overflow series keep, because it is the same for all rows of the sink.
  std::string_view kept_label = {};
};

/// Returns the series with these labels: a shared one, or a new one. May return null; then the sink
/// makes the series itself.
using SeriesMaker = std::function<SeriesRef(Labels)>;

/// Collects the samples of one collector, round by round. It keeps the series of the previous
/// round, so writing a value to a known series allocates nothing. Used by one thread at a time.
class SampleSink {
 public:
  /// `constant_labels`, such as `server`, are added to every series. Without `make` the sink makes
  /// all series itself.
  explicit SampleSink(Labels constant_labels, SeriesLimit limit = {}, SeriesMaker make = {});

  /// Writes one value. An empty label value means that the label is absent. Requires: one value for
  /// each label of the family. `family` must live, at its address, until the round has ended.
  void Write(const FamilySpec& family, std::span<const std::string_view> label_values,
             double value);

  void Write(const FamilySpec& family, std::initializer_list<std::string_view> label_values,
             double value) {
    Write(family, std::span(label_values.begin(), label_values.size()), value);
  }

  /// Writes the `_bucket`, `_sum` and `_count` series of one histogram. Bounds are formatted as in
  /// OpenMetrics: le="1.0". Requires: as for Write; as many elements in `at_most` as in `bounds`.
  void WriteHistogram(const FamilySpec& family, std::span<const std::string_view> label_values,
                      const HistogramValue& histogram);

  /// Ends the round and returns its families in the order of their first sample. Series that were
  /// not written in this round are dropped.
  std::vector<MetricFamily> Take();

  /// Ends a failed round: discards its samples and drops no series.
  void Discard();

  /// Adds rows that the collector itself summed into an `other` row of this round to
  /// overflow_rows().
  void CountOverflow(std::size_t rows) { overflow_now_ += rows; }

  /// How many rows the overflow of the last round contains; 0 after a discarded round.
  std::size_t overflow_rows() const { return overflow_rows_; }

  /// How many values of the last round were duplicates; 0 after a discarded round.
  std::uint64_t duplicates() const { return duplicates_; }

 private:
  /// Identifies a row of label values. Ids of dropped rows are used again.
  using RowId = std::uint32_t;

  struct Row {
    RowId id = 0;
    std::uint64_t round = 0;  ///< The last round that wrote it; 0: it is new.
    bool is_beyond_limit =
        false;                 ///< Goes into the overflow; the same for all parts of its labels.
    bool is_overflow = false;  ///< Is the overflow row.
  };

  struct Slot {
    SeriesRef series;                     ///< Null if the family has no such row.
    std::uint32_t round = 0;              ///< The last round that wrote it, modulo 2^32.
    std::uint32_t index : 31 = 0;         ///< Where this round's sample is in Family::samples.
    std::uint32_t only_overflow : 1 = 0;  ///< The collector itself has not written the sample.
  };

  /// A counter that is part of an overflow series.
  struct OverflowCounter {
    double now = 0;
    double before = 0;        ///< Its value in the last round that was taken, if `was_taken`.
    std::uint32_t round = 0;  ///< The round of `now`, modulo 2^32.
    bool was_taken = false;
  };

  struct Family {
    const FamilySpec* spec;
    std::vector<Slot> slots = {};  ///< By RowId.
    std::vector<Sample> samples = {};
    std::size_t expected = 0;          ///< The number of samples of the previous round.
    RowId overflow_row = 0;            ///< Its overflow row, if written in this round.
    std::uint64_t overflow_since = 0;  ///< The first round with an overflow row; 0: none yet.
    std::unordered_map<RowId, OverflowCounter> overflow_counters = {};
    double overflow_growth = 0;  ///< Growth of those counters up to the previous round.
  };

  /// Which series of a family: its only one, or one of a histogram.
  struct Part {
    std::string_view suffix = {};  ///< Appended to the name, such as `_bucket`.
    std::string_view bound = {};   ///< The label `le`; empty for none.
  };

  Family& FamilyFor(const FamilySpec& spec);
  Row& FindRow(const Part& part, std::span<const std::string_view> label_values);
  bool IsOverflow(const FamilySpec& spec, std::span<const std::string_view> label_values) const;
  const Row& RowFor(const FamilySpec& spec, std::span<const std::string_view> label_values);
  const Row& PartOf(const Row& whole, const Part& part,
                    std::span<const std::string_view> label_values);
  Slot& SlotFor(Family& family, const Row& row, const Part& part,
                std::span<const std::string_view> label_values);
  bool Begin(Family& family, const Row& row, Slot& slot);
  void AddCounter(Family& family, const Row& row, double value);
  void AddToOverflow(Family& family, const Row& row, const Part& part,
                     std::span<const std::string_view> label_values, double value);
  void DropUnwritten();
  void AddGrowth(Family& family);
  void WriteTo(Family& family, const Row& row, const Part& part,
               std::span<const std::string_view> label_values, double value);
  Labels MakeLabels(const FamilySpec& spec, const Part& part,
                    std::span<const std::string_view> label_values) const;

  const Labels constant_labels_;
  const SeriesLimit limit_;
  const SeriesMaker make_;
  std::vector<Family> families_;
  /// The key is Part, then the label values, separated by 0xFF. Families share rows, because a row
  /// of a query is usually a sample in each of them. A histogram also has a row without Part.
  std::unordered_map<std::string, Row> rows_;
  std::vector<RowId> free_rows_;
  std::size_t series_ = 0;  ///< The number of series in all slots.
  std::uint64_t round_ = 1;
  std::uint64_t written_twice_ = 0;
  std::uint64_t duplicates_ = 0;
  std::size_t overflow_now_ = 0;
  std::size_t overflow_rows_ = 0;
  std::string key_;
  /// The row that was written last and its key, so that a row is looked up once for all families.
  std::string last_key_;
  Row* last_row_ = nullptr;
};

}  // namespace hakem::collectors

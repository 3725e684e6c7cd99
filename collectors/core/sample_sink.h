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

/// What the labels of things that are told together say.
inline constexpr std::string_view kOther = "other";

/// What to do with a second value for one series in one round, which is counted either way; and
/// whether values may be added up when series are told together.
enum class OnDuplicate { kKeepFirst, kSum };

/// A metric family that a collector can produce. A constant beside the query.
struct FamilySpec {
  static constexpr int kAnyVersion = std::numeric_limits<int>::max();

  std::string_view name;
  MetricType type = MetricType::kUntyped;
  std::string_view help;
  std::span<const std::string_view> labels =
      {};  ///< Names, in the order in which values are written.
  OnDuplicate on_duplicate = OnDuplicate::kKeepFirst;
  int min_version = 130000;       ///< Of the server that tells it, as server_version_num.
  int max_version = kAnyVersion;  ///< Inclusive.
  bool name_is_prefix = false;    ///< Stands for families whose names begin so: the server's words.
};

/// Observations by size, as a histogram family tells them.
struct HistogramValue {
  std::span<const double> bounds;   ///< Upper, inclusive, ascending, without +Inf.
  std::span<const double> at_most;  ///< How many observations are at most each bound.
  double count = 0;                 ///< Of all observations.
  double sum = 0;
};

/// How many series a collector may tell apart. What a row of labels says beyond that is told
/// together with its like, as one whose labels are `other`: counters go on counting, histograms and
/// gauges of OnDuplicate::kSum are added up, other gauges are left out. A row that a collector
/// tells as `other` itself is never beyond the budget, and is told as the sum of both. Who is told
/// apart stays so, also over rounds that failed. What a counter had when it joined an `other` that
/// was told before is its base: it may have been counted there already.
struct SeriesBudget {
  std::size_t series = std::numeric_limits<std::size_t>::max();
  std::string_view kept_label = {};  ///< Stays as it is: it is the same in all of this sink.
};

/// Makes a series, or gives one with the same labels that is known elsewhere; null: makes it.
using SeriesMaker = std::function<SeriesRef(Labels)>;

/// Takes one collector's samples, round by round, and keeps the identities of series between
/// rounds: writing a value to a known series allocates nothing. Used by one thread at a time.
class SampleSink {
 public:
  /// `constant_labels` are put on every series (`server`).
  explicit SampleSink(Labels constant_labels, SeriesBudget budget = {}, SeriesMaker make = {});

  /// Writes one value. An empty label value means the label is absent.
  /// Requires: as many values as the family has labels; `family` lives, at its address, until the
  /// round is taken or the sink is gone.
  void Write(const FamilySpec& family, std::span<const std::string_view> label_values,
             double value);

  void Write(const FamilySpec& family, std::initializer_list<std::string_view> label_values,
             double value) {
    Write(family, std::span(label_values.begin(), label_values.size()), value);
  }

  /// Writes the `_bucket`, `_sum` and `_count` series of one histogram; bounds are told as
  /// OpenMetrics spells them: le="1.0". Requires: as Write; as many `at_most` as bounds.
  void WriteHistogram(const FamilySpec& family, std::span<const std::string_view> label_values,
                      const HistogramValue& histogram);

  /// Ends the round: its families in the order of their first sample. Series that were not written
  /// in this round are forgotten.
  std::vector<MetricFamily> Take();

  /// Ends the round without its samples, because it failed: nothing is forgotten.
  void Discard();

  /// Says that so many things were told together, as `other`, in this round.
  void CountFolded(std::size_t things) { folded_now_ += things; }

  /// How many were in the round that ended last; none in one that was discarded.
  std::size_t folded() const { return folded_; }

  /// How many samples of the round that ended last had been written before.
  std::uint64_t duplicates() const { return duplicates_; }

 private:
  /// What one set of label values is called; those of series that are gone are given anew.
  using RowId = std::uint32_t;

  struct Row {
    RowId id = 0;
    std::uint64_t round = 0;  ///< Of its last sample; 0: it is new.
    bool is_folded = false;   ///< Beyond the budget; decided once for all parts of its labels.
    bool is_rest = false;     ///< What others are folded into.
  };

  struct Slot {
    SeriesRef series;              ///< Null: the family has no such row.
    std::uint32_t round = 0;       ///< Of its last sample; the lower half.
    std::uint32_t index : 31 = 0;  ///< Of its sample in the family, when written in this round.
    std::uint32_t only_folded : 1 = 0;  ///< The collector itself did not write that sample.
  };

  /// A counter that is told together with others.
  struct Counted {
    double now = 0;
    double before = 0;        ///< In the last round that was taken, when it `was_taken`.
    std::uint32_t round = 0;  ///< Of `now`; the lower half.
    bool was_taken = false;
  };

  struct Family {
    const FamilySpec* spec;
    std::vector<Slot> slots = {};  ///< By row.
    std::vector<Sample> samples = {};
    std::size_t expected = 0;      ///< As many samples as in the round before.
    RowId rest = 0;                ///< Of its `other`, when written in this round.
    std::uint64_t rest_since = 0;  ///< The round that first told it; 0: none did.
    std::unordered_map<RowId, Counted> folded = {};  ///< Counters told together,
    double grown = 0;  ///< and what they grew by since they are, until the round before.
  };

  /// Which of a family's series for its labels: the only one, or one of a histogram's.
  struct Part {
    std::string_view suffix = {};  ///< Of the name.
    std::string_view bound = {};   ///< The label `le`, when not empty.
  };

  Family& FamilyFor(const FamilySpec& spec);
  Row& FindRow(const Part& part, std::span<const std::string_view> label_values);
  bool IsRest(const FamilySpec& spec, std::span<const std::string_view> label_values) const;
  const Row& RowFor(const FamilySpec& spec, std::span<const std::string_view> label_values);
  const Row& PartOf(const Row& whole, const Part& part,
                    std::span<const std::string_view> label_values);
  Slot& SlotFor(Family& family, const Row& row, const Part& part,
                std::span<const std::string_view> label_values);
  bool Begin(Family& family, const Row& row, Slot& slot);
  void Count(Family& family, const Row& row, double value);
  void Fold(Family& family, const Row& row, const Part& part,
            std::span<const std::string_view> label_values, double value);
  void Forget();
  void AddGrowth(Family& family);
  void WriteTo(Family& family, const Row& row, const Part& part,
               std::span<const std::string_view> label_values, double value);
  Labels MakeLabels(const FamilySpec& spec, const Part& part,
                    std::span<const std::string_view> label_values) const;

  const Labels constant_labels_;
  const SeriesBudget budget_;
  const SeriesMaker make_;
  std::vector<Family> families_;
  /// By Part, then label values, with 0xFF between: all families' alike, because a row of a query
  /// as a rule is a sample in each of them. A histogram's labels have a row without Part too.
  std::unordered_map<std::string, Row> rows_;
  std::vector<RowId> free_rows_;
  std::size_t series_ = 0;  ///< In all slots.
  std::uint64_t round_ = 1;
  std::uint64_t written_twice_ = 0;
  std::uint64_t duplicates_ = 0;
  std::size_t folded_now_ = 0;
  std::size_t folded_ = 0;
  std::string key_;
  std::string last_key_;  ///< And whose it is, so that a row is looked up once for all families.
  Row* last_row_ = nullptr;
};

}  // namespace hakem::collectors

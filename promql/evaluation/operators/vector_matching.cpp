#include "promql/evaluation/operators/vector_matching.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <tuple>
#include <unordered_map>

#include "promql/evaluation/label_groups.h"
#include "promql/evaluation/operators/binary_operators.h"
#include "promql/syntax/printer.h"
#include "promql/syntax/query_error.h"

namespace hakem::promql {
namespace {

using SeriesList = std::vector<const StepSeries*>;

/// Elements of both sides with the same match labels. With one-to-one matching the left side counts
/// as the "many" side.
struct MatchGroup {
  SeriesList many;
  SeriesList one;
};

SeriesList PresentAt(const SeriesList& series, std::size_t step) {
  SeriesList present;
  std::copy_if(series.begin(), series.end(), std::back_inserter(present),
               [&](const StepSeries* s) { return !IsGap(s->values[step]); });
  return present;
}

enum class Phase { kOneSide, kManySide };

/// An ambiguous match: its error message, and the place that orders it among others.
struct Conflict {
  std::size_t step;
  Phase phase;
  std::size_t element;
  std::string message;
};

/// Joins two vectors for an arithmetic operation or a comparison.
class VectorJoin {
 public:
  VectorJoin(const Binary& binary, const StepVector& lhs, const StepVector& rhs, const Steps& steps,
             QueryContext& context)
      : binary_(binary),
        context_(context),
        filters_(IsComparison(binary.op) && !binary.return_bool),
        keeps_name_(filters_ || (binary.return_bool &&
                                 context.options().features.Has(Feature::kDelayedNameRemoval))),
        one_is_left_(binary.matching.cardinality == Cardinality::kOneToMany),
        many_(one_is_left_ ? rhs : lhs),
        one_(one_is_left_ ? lhs : rhs),
        steps_(steps.count),
        keys_(MatchSelection(binary.matching)),
        kept_(KeptLabels()) {}

  StepVector Run() {
    if (many_.empty() || one_.empty()) {
      return {};
    }
    BuildGroups();
    for (std::size_t number = 0; number < groups_.size(); ++number) {
      context_.CheckRunning();
      CheckOneSide(number);
      CheckManySide(groups_[number]);
    }
    if (first_conflict_) {
      ThrowQueryError(ErrorCode::kInvalidInput, std::move(first_conflict_->message));
    }
    StepVector result;
    for (std::size_t i = 0; i < many_.size(); ++i) {
      context_.CheckRunning();
      for (const StepSeries* one : groups_[group_of_many_[i]].one) {
        Join(many_[i], *one, result);
      }
    }
    MergeSameLabels(result);
    return result;
  }

 private:
  void BuildGroups() {
    const auto group_of = [&](const StepSeries& series) {
      const std::size_t number = keys_.Add(series.labels);
      groups_.resize(keys_.size());
      return number;
    };
    group_of_many_.reserve(many_.size());
    for (const StepSeries& series : many_) {
      group_of_many_.push_back(group_of(series));
      groups_[group_of_many_.back()].many.push_back(&series);
    }
    for (const StepSeries& series : one_) {
      groups_[group_of(series)].one.push_back(&series);
    }
  }

  /// Reports a group with two elements of the "one" side at the same step. Steps at which the other
  /// side is empty do not count, because nothing can match there.
  void CheckOneSide(std::size_t number) {
    const MatchGroup& group = groups_[number];
    for (std::size_t step = 0; group.one.size() > 1 && step < steps_; ++step) {
      const SeriesList present = PresentAt(group.one, step);
      const auto is_present = [&](const StepSeries& s) { return !IsGap(s.values[step]); };
      if (present.size() < 2 || std::none_of(many_.begin(), many_.end(), is_present)) {
        continue;
      }
      std::array<std::string, 2> names{PrintLabels(present[0]->labels),
                                       PrintLabels(present[1]->labels)};
      std::sort(names.begin(), names.end());
      NoteConflict(
          {step, Phase::kOneSide, IndexIn(one_, present[1]),
           fmt::format("found duplicate series for the match group {} on the {} hand-side of "
                       "the operation: [{}, {}];many-to-many matching not allowed: matching "
                       "labels must be unique on one side",
                       PrintLabels(keys_.LabelsOf(number)), one_is_left_ ? "left" : "right",
                       names[0], names[1])});
      return;
    }
  }

  /// Reports a group with two elements of the "many" side, unless group_left or group_right allows
  /// them and their result labels differ. Applies even if the comparison would drop them.
  void CheckManySide(const MatchGroup& group) {
    if (group.many.size() < 2 || group.one.empty()) {
      return;
    }
    if (binary_.matching.cardinality == Cardinality::kOneToOne) {
      CheckUnique(group.many, group.one,
                  "multiple matches for labels: many-to-one matching must be explicit "
                  "(group_left/group_right)");
      return;
    }
    for (const StepSeries* one : group.one) {
      std::unordered_map<Labels, SeriesList, LabelsHash> by_result;
      for (const StepSeries* many : group.many) {
        by_result[ResultLabels(*many, *one)].push_back(many);
      }
      for (const auto& [labels, same] : by_result) {
        CheckUnique(same, {one},
                    "multiple matches for labels: grouping labels must ensure unique matches");
      }
    }
  }

  void CheckUnique(const SeriesList& many, const SeriesList& one, std::string_view message) {
    for (std::size_t step = 0; many.size() > 1 && step < steps_; ++step) {
      const SeriesList present = PresentAt(many, step);
      if (present.size() > 1 && !PresentAt(one, step).empty()) {
        NoteConflict({step, Phase::kManySide, IndexIn(many_, present[1]), std::string(message)});
        return;
      }
    }
  }

  /// Returns the operation's value at a step: kGap when an operand is missing, or the comparison
  /// drops the element.
  double Combine(const StepSeries& many, const StepSeries& one, std::size_t step) const {
    const double lhs = (one_is_left_ ? one : many).values[step];
    const double rhs = (one_is_left_ ? many : one).values[step];
    if (IsGap(lhs) || IsGap(rhs)) {
      return kGap;
    }
    const double value = Calculate(binary_.op, lhs, rhs);
    return !filters_ ? value : value != 0 ? lhs : kGap;
  }

  /// Keeps the conflict that Prometheus would find first: it evaluates step by step, and at each
  /// step checks the "one" side first.
  void NoteConflict(Conflict conflict) {
    const auto place = [](const Conflict& c) { return std::tuple(c.step, c.phase, c.element); };
    if (!first_conflict_ || place(conflict) < place(*first_conflict_)) {
      first_conflict_ = std::move(conflict);
    }
  }

  static std::size_t IndexIn(const StepVector& vector, const StepSeries* series) {
    return static_cast<std::size_t>(series - vector.data());
  }

  /// Returns which labels of the "many" side the result has.
  LabelSelection KeptLabels() const {
    const VectorMatching& matching = binary_.matching;
    const std::vector<std::string>& name = MetricNameLabels();
    std::vector<std::string> labels;
    if (matching.cardinality == Cardinality::kOneToOne) {
      labels = matching.labels;
      if (matching.on) {
        std::erase_if(labels, [&](const std::string& label) {
          return !keeps_name_ && std::find(name.begin(), name.end(), label) != name.end();
        });
        return LabelSelection::Only(std::move(labels));
      }
    }
    if (!keeps_name_) {
      labels.insert(labels.end(), name.begin(), name.end());
    }
    return LabelSelection::Without(std::move(labels));
  }

  Labels ResultLabels(const StepSeries& many, const StepSeries& one) const {
    Labels labels = kept_.Of(many.labels);
    for (const std::string& name : binary_.matching.include) {
      labels = labels.With(name, one.labels.Get(name));
    }
    // A `bool` comparison drops the metric name, even when group_left() includes it.
    return binary_.return_bool && !keeps_name_ ? DropMetricName(labels) : labels;
  }

  void Join(const StepSeries& many, const StepSeries& one, StepVector& result) const {
    const bool drop_name = keeps_name_ && (binary_.return_bool || many.drop_name);
    StepSeries joined{{}, drop_name, StepRow(steps_)};
    for (std::size_t step = 0; step < steps_; ++step) {
      joined.values[step] = Combine(many, one, step);
    }
    if (!std::all_of(joined.values.begin(), joined.values.end(), IsGap)) {
      joined.labels = ResultLabels(many, one);
      result.push_back(std::move(joined));
    }
  }

  const Binary& binary_;
  QueryContext& context_;
  const bool
      filters_;  ///< Whether it is a comparison that drops elements instead of returning 0 and 1.
  const bool keeps_name_;  ///< Whether the metric name is kept (perhaps only until the query ends).
  const bool one_is_left_;
  const StepVector& many_;
  const StepVector& one_;
  const std::size_t steps_;
  LabelGroups keys_;
  const LabelSelection kept_;
  std::vector<MatchGroup> groups_;  ///< Indexed by the group numbers of keys_.
  std::vector<std::size_t> group_of_many_;
  std::optional<Conflict> first_conflict_;
};

}  // namespace

LabelSelection MatchSelection(const VectorMatching& matching) {
  std::vector<std::string> names = matching.labels;
  if (matching.on) {
    return LabelSelection::Only(std::move(names));
  }
  names.emplace_back(kMetricNameLabel);
  return LabelSelection::Without(std::move(names));
}

StepVector CombineVectors(const Binary& binary, const StepVector& lhs, const StepVector& rhs,
                          const Steps& steps, QueryContext& context) {
  return VectorJoin(binary, lhs, rhs, steps, context).Run();
}

}  // namespace hakem::promql

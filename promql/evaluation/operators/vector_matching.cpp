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

/// The elements of both sides that match each other. With one-to-one matching the left side is
/// called "many" although there may be one only.
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

/// Elements that cannot be told apart, and where they are met.
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

  /// At no step may two elements of the "one" side be in a group; only where the other side has
  /// any element at all, because else nothing is going to match.
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
      Note({step, Phase::kOneSide, IndexIn(one_, present[1]),
            fmt::format("found duplicate series for the match group {} on the {} hand-side of "
                        "the operation: [{}, {}];many-to-many matching not allowed: matching "
                        "labels must be unique on one side",
                        PrintLabels(keys_.LabelsOf(number)), one_is_left_ ? "left" : "right",
                        names[0], names[1])});
      return;
    }
  }

  /// Where two elements of the "many" side match, group_left or group_right must say so, and must
  /// keep their labels apart; also where a comparison then drops them.
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
        Note({step, Phase::kManySide, IndexIn(many_, present[1]), std::string(message)});
        return;
      }
    }
  }

  /// What the operation yields at the step: kGap when an operand is missing, or a comparison drops
  /// the element.
  double Combine(const StepSeries& many, const StepSeries& one, std::size_t step) const {
    const double lhs = (one_is_left_ ? one : many).values[step];
    const double rhs = (one_is_left_ ? many : one).values[step];
    if (IsGap(lhs) || IsGap(rhs)) {
      return kGap;
    }
    const double value = Calculate(binary_.op, lhs, rhs);
    return !filters_ ? value : value != 0 ? lhs : kGap;
  }

  /// A query is evaluated step by step, and at each step first the "one" side is looked at: the
  /// error is the one that is met first.
  void Note(Conflict conflict) {
    const auto place = [](const Conflict& c) { return std::tuple(c.step, c.phase, c.element); };
    if (!first_conflict_ || place(conflict) < place(*first_conflict_)) {
      first_conflict_ = std::move(conflict);
    }
  }

  static std::size_t IndexIn(const StepVector& vector, const StepSeries* series) {
    return static_cast<std::size_t>(series - vector.data());
  }

  /// Which of the "many" side's labels the result has.
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
    // Truth has no metric's name, not even an included one.
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
  const bool filters_;     ///< A comparison that keeps elements instead of yielding 0 and 1.
  const bool keeps_name_;  ///< Of the metric, for now.
  const bool one_is_left_;
  const StepVector& many_;
  const StepVector& one_;
  const std::size_t steps_;
  LabelGroups keys_;
  const LabelSelection kept_;
  std::vector<MatchGroup> groups_;  ///< As keys_ numbers them.
  std::vector<std::size_t> group_of_many_;
  std::optional<Conflict> first_conflict_;
};

}  // namespace

StepVector CombineVectors(const Binary& binary, const StepVector& lhs, const StepVector& rhs,
                          const Steps& steps, QueryContext& context) {
  return VectorJoin(binary, lhs, rhs, steps, context).Run();
}

}  // namespace hakem::promql

#include "promql/evaluation/operators/aggregation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "format/number.h"
#include "promql/evaluation/label_groups.h"
#include "promql/evaluation/operators/accumulators.h"
#include "promql/evaluation/operators/count_values.h"
#include "promql/evaluation/operators/limit.h"
#include "promql/evaluation/operators/quantile.h"
#include "promql/syntax/query_error.h"

namespace hakem::promql {
namespace {

/// The series that are aggregated into one.
struct Group {
  Labels labels;
  bool drop_name;  ///< Whether any member with a value is to lose its name.
  std::vector<const StepSeries*> members;
};

/// Returns the groups in the order of their first members.
std::vector<Group> MakeGroups(const Aggregate& aggregate, const StepVector& vector) {
  std::vector<Group> groups;
  LabelGroups numbers(GroupingOf(aggregate));
  for (const StepSeries& series : vector) {
    const std::size_t number = numbers.Add(series.labels);
    if (number == groups.size()) {
      groups.push_back({numbers.LabelsOf(number), false, {}});
    }
    groups[number].drop_name = groups[number].drop_name || (series.drop_name && HasValue(series));
    groups[number].members.push_back(&series);
  }
  return groups;
}

/// Computes one value for each group and step from the values of its members.
template <typename Accumulator>
StepVector Fold(const std::vector<Group>& groups, std::size_t steps) {
  StepVector result;
  for (const Group& group : groups) {
    std::vector<Accumulator> accumulators(steps);
    for (const StepSeries* member : group.members) {
      for (std::size_t step = 0; step < steps; ++step) {
        if (!IsGap(member->values[step])) {
          accumulators[step].Add(member->values[step]);
        }
      }
    }
    StepRow values(steps);
    std::transform(accumulators.begin(), accumulators.end(), values.begin(),
                   [](const Accumulator& accumulator) { return accumulator.Result(); });
    result.push_back({group.labels, group.drop_name, std::move(values)});
  }
  return result;
}

/// Warns about invalid quantiles. If they differ between steps, about the worst ones: NaN, or else
/// the largest and the smallest.
void WarnOfExtremes(const StepScalar& q, const Position& position, Annotations& annotations) {
  const auto nan = std::find_if(q.begin(), q.end(), [](double value) { return std::isnan(value); });
  if (nan != q.end()) {
    WarnOfInvalidQuantile(*nan, position, annotations);
    return;
  }
  const auto [least, most] = std::minmax_element(q.begin(), q.end());
  if (*most > 1) {
    WarnOfInvalidQuantile(*most, position, annotations);
  }
  if (*least < 0) {
    WarnOfInvalidQuantile(*least, position, annotations);
  }
}

/// Returns how many elements topk keeps at each step. Throws QueryError when a number is invalid; a
/// far too small one is accepted only if no step keeps any element.
std::vector<std::size_t> Limits(const StepScalar& k) {
  constexpr double kBound = static_cast<double>(std::numeric_limits<std::int64_t>::max());
  if (std::all_of(k.begin(), k.end(), [](double value) { return value < 1; })) {
    return std::vector<std::size_t>(k.size(), 0);
  }
  std::vector<std::size_t> limits;
  limits.reserve(k.size());
  for (const double value : k) {
    if (std::isnan(value)) {
      ThrowQueryError(ErrorCode::kInvalidInput, "Parameter value is NaN");
    }
    if (std::abs(value) >= kBound) {
      ThrowQueryError(
          ErrorCode::kInvalidInput,
          fmt::format("Scalar value {} {}flows int64", FormatNumber(value, NumberForm::kGeneral),
                      value > 0 ? "over" : "under"));
    }
    limits.push_back(value < 1 ? 0 : static_cast<std::size_t>(value));
  }
  return limits;
}

/// Keeps the best elements of one step by their indices in the group. Which of equal elements
/// survive depends on the order of comparisons, so this is Go's container/heap, used as in
/// Prometheus.
class BestElements {
 public:
  /// `values`: one for each element, or kGap. Requires: limit > 0.
  BestElements(std::span<const double> values, std::size_t limit, bool largest)
      : values_(values), limit_(limit), largest_(largest) {}

  void Offer(std::size_t element) {
    if (heap_.size() < limit_) {
      heap_.push_back(element);
      MoveUp(heap_.size() - 1);
      return;
    }
    const double worst = values_[heap_.front()];
    const double value = values_[element];
    const bool better = largest_ ? worst < value : worst > value;
    if (better || (std::isnan(worst) && !std::isnan(value))) {
      heap_.front() = element;
      MoveDown();
    }
  }

  /// Returns the kept elements, best first and NaN last.
  std::vector<std::size_t> Take() {
    std::stable_sort(heap_.begin(), heap_.end(), [&](std::size_t a, std::size_t b) {
      if (std::isnan(values_[a]) || std::isnan(values_[b])) {
        return !std::isnan(values_[a]) && std::isnan(values_[b]);
      }
      return largest_ ? values_[a] > values_[b] : values_[a] < values_[b];
    });
    return std::move(heap_);
  }

 private:
  bool IsWorse(std::size_t i, std::size_t j) const {
    const double left = values_[heap_[i]];
    const double right = values_[heap_[j]];
    return std::isnan(left) || (largest_ ? left < right : left > right);
  }

  void MoveUp(std::size_t child) {
    while (child > 0) {
      const std::size_t parent = (child - 1) / 2;
      if (!IsWorse(child, parent)) {
        break;
      }
      std::swap(heap_[parent], heap_[child]);
      child = parent;
    }
  }

  void MoveDown() {
    for (std::size_t parent = 0, child = 1; child < heap_.size(); child = 2 * parent + 1) {
      if (child + 1 < heap_.size() && IsWorse(child + 1, child)) {
        ++child;
      }
      if (!IsWorse(child, parent)) {
        break;
      }
      std::swap(heap_[parent], heap_[child]);
      parent = child;
    }
  }

  const std::span<const double> values_;
  const std::size_t limit_;
  const bool largest_;
  std::vector<std::size_t> heap_;  ///< A heap with the worst element first.
};

/// Returns the indices of at most `limit` members with a value, best first and NaN last.
std::vector<std::size_t> Best(std::span<const double> values, std::size_t limit, bool largest) {
  if (limit == 0) {
    return {};
  }
  BestElements best(values, limit, largest);
  for (std::size_t member = 0; member < values.size(); ++member) {
    if (!IsGap(values[member])) {
      best.Offer(member);
    }
  }
  return best.Take();
}

/// Calls `visit(step, values)` for each step with the members' values in order. Transposes blocks
/// of steps, because the rows of a thousand series do not fit into a cache.
template <typename Visit>
void ForEachStep(const Group& group, std::size_t steps, Visit visit) {
  constexpr std::size_t kBlock = 16;
  const std::size_t members = group.members.size();
  std::vector<double> block(std::min(steps, kBlock) * members);
  for (std::size_t begin = 0; begin < steps; begin += kBlock) {
    const std::size_t count = std::min(kBlock, steps - begin);
    for (std::size_t member = 0; member < members; ++member) {
      const double* row = group.members[member]->values.begin() + begin;
      for (std::size_t i = 0; i < count; ++i) {
        block[i * members + member] = row[i];
      }
    }
    for (std::size_t i = 0; i < count; ++i) {
      visit(begin + i, std::span<const double>(block).subspan(i * members, members));
    }
  }
}

StepVector SelectBest(const std::vector<Group>& groups, const StepScalar& k, bool largest) {
  constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();
  const std::vector<std::size_t> limits = Limits(k);
  StepVector result;
  for (const Group& group : groups) {
    std::vector<std::size_t> row_of(group.members.size(), kNone);
    ForEachStep(group, limits.size(), [&](std::size_t step, std::span<const double> values) {
      for (const std::size_t best : Best(values, limits[step], largest)) {
        if (row_of[best] == kNone) {
          const StepSeries& member = *group.members[best];
          row_of[best] = result.size();
          result.push_back({member.labels, member.drop_name, StepRow(limits.size(), kGap)});
        }
        result[row_of[best]].values[step] = values[best];
      }
    });
  }
  return result;
}

/// Concatenates what `keep(members)` returns for each group.
template <typename Keep>
StepVector LimitEach(const std::vector<Group>& groups, Keep keep) {
  StepVector result;
  for (const Group& group : groups) {
    StepVector kept = keep(group.members);
    result.insert(result.end(), std::make_move_iterator(kept.begin()),
                  std::make_move_iterator(kept.end()));
  }
  return result;
}

StepVector Quantiles(const std::vector<Group>& groups, const StepScalar& q) {
  StepVector result;
  std::vector<double> present;
  for (const Group& group : groups) {
    StepSeries series{group.labels, group.drop_name, StepRow(q.size(), kGap)};
    ForEachStep(group, q.size(), [&](std::size_t step, std::span<const double> values) {
      present.clear();
      std::copy_if(values.begin(), values.end(), std::back_inserter(present),
                   [](double value) { return !IsGap(value); });
      if (!present.empty()) {
        series.values[step] = Quantile(q[step], present);
      }
    });
    result.push_back(std::move(series));
  }
  return result;
}

}  // namespace

LabelSelection GroupingOf(const Aggregate& aggregate) {
  std::vector<std::string> names = aggregate.grouping;
  if (!aggregate.without) {
    return LabelSelection::Only(std::move(names));
  }
  names.insert(names.end(), MetricNameLabels().begin(), MetricNameLabels().end());
  return LabelSelection::Without(std::move(names));
}

StepVector EvaluateAggregate(const Aggregate& aggregate, Evaluator& evaluator) {
  const std::size_t steps = evaluator.steps().count;
  if (aggregate.op == AggregateOp::kCountValues) {
    return AtAllSteps(CountValues(aggregate, evaluator), evaluator);
  }
  const StepVector vector = evaluator.EvaluateVector(*aggregate.expr);
  const std::vector<Group> groups = MakeGroups(aggregate, vector);
  switch (aggregate.op) {
    case AggregateOp::kSum:
      return Fold<SumAccumulator>(groups, steps);
    case AggregateOp::kAvg:
      return Fold<MeanAccumulator>(groups, steps);
    case AggregateOp::kCount:
      return Fold<CountAccumulator>(groups, steps);
    case AggregateOp::kMin:
      return Fold<ExtremeAccumulator<-1>>(groups, steps);
    case AggregateOp::kMax:
      return Fold<ExtremeAccumulator<1>>(groups, steps);
    case AggregateOp::kGroup:
      return Fold<PresenceAccumulator>(groups, steps);
    case AggregateOp::kStddev:
      return Fold<DeviationAccumulator>(groups, steps);
    case AggregateOp::kStdvar:
      return Fold<VarianceAccumulator>(groups, steps);
    case AggregateOp::kTopk:
    case AggregateOp::kBottomk:
      return SelectBest(groups, evaluator.EvaluateScalar(*aggregate.parameter),
                        aggregate.op == AggregateOp::kTopk);
    case AggregateOp::kQuantile: {
      const StepScalar q = evaluator.EvaluateScalar(*aggregate.parameter);
      WarnOfExtremes(q, Unwrap(*aggregate.parameter).position, evaluator.context().annotations());
      return Quantiles(groups, q);
    }
    case AggregateOp::kLimitk:
      return LimitEach(groups, [limits = Limits(evaluator.EvaluateScalar(*aggregate.parameter))](
                                   const auto& members) { return KeepFirst(members, limits); });
    case AggregateOp::kLimitRatio: {
      const StepScalar ratios = evaluator.EvaluateScalar(*aggregate.parameter);
      CheckRatios(ratios, Unwrap(*aggregate.parameter).position, evaluator.context().annotations());
      return LimitEach(groups, [&](const auto& members) { return KeepShare(members, ratios); });
    }
    case AggregateOp::kCountValues:
      break;  // Handled above: it makes its own groups.
  }
  return {};
}

}  // namespace hakem::promql

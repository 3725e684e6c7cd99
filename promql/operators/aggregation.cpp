#include "promql/operators/aggregation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>

#include "promql/abandon.h"
#include "promql/operators/accumulators.h"
#include "promql/operators/quantile.h"
#include "promql/syntax/format_float.h"
#include "promql/syntax/quote.h"

namespace hakem::promql {
namespace {

/// Series that are aggregated together.
struct Group {
  Labels labels;
  bool drop_name;
  std::vector<const StepSeries*> members;
};

Labels GroupLabels(const Aggregate& aggregate, const Labels& labels) {
  return aggregate.without ? DropMetricName(labels).Without(aggregate.grouping)
                           : labels.Only(aggregate.grouping);
}

/// In the order of their first members.
std::vector<Group> MakeGroups(const Aggregate& aggregate, const StepVector& vector) {
  std::vector<Group> groups;
  std::unordered_map<Labels, std::size_t, LabelsHash> index;
  for (const StepSeries& series : vector) {
    Labels labels = GroupLabels(aggregate, series.labels);
    const auto [entry, added] = index.try_emplace(labels, groups.size());
    if (added) {
      groups.push_back({std::move(labels), series.drop_name, {}});
    }
    groups[entry->second].members.push_back(&series);
  }
  return groups;
}

/// One value a group and step from the values of its members.
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
    std::vector<double> values(steps);
    std::transform(accumulators.begin(), accumulators.end(), values.begin(),
                   [](const Accumulator& accumulator) { return accumulator.Result(); });
    result.push_back({group.labels, group.drop_name, std::move(values)});
  }
  return result;
}

StepVector Quantiles(const std::vector<Group>& groups, const StepScalar& q) {
  StepVector result;
  std::vector<double> present;
  for (const Group& group : groups) {
    StepSeries series{group.labels, group.drop_name, std::vector<double>(q.size(), kGap)};
    for (std::size_t step = 0; step < q.size(); ++step) {
      present.clear();
      for (const StepSeries* member : group.members) {
        if (!IsGap(member->values[step])) {
          present.push_back(member->values[step]);
        }
      }
      if (!present.empty()) {
        series.values[step] = Quantile(q[step], present);
      }
    }
    result.push_back(std::move(series));
  }
  return result;
}

/// Of quantiles that differ from step to step the worst are told: NaN, else the largest and the
/// smallest.
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

/// How many elements topk keeps at each step. Throws Abandoned where the number is none; when no
/// step keeps any, also a number that is far too small is one.
std::vector<std::size_t> Limits(const StepScalar& k) {
  constexpr double kBound = static_cast<double>(std::numeric_limits<std::int64_t>::max());
  if (std::all_of(k.begin(), k.end(), [](double value) { return value < 1; })) {
    return std::vector<std::size_t>(k.size(), 0);
  }
  std::vector<std::size_t> limits;
  limits.reserve(k.size());
  for (const double value : k) {
    if (std::isnan(value)) {
      Abandon(ErrorCode::kInvalidInput, "Parameter value is NaN");
    }
    if (std::abs(value) >= kBound) {
      Abandon(ErrorCode::kInvalidInput,
              fmt::format("Scalar value {} {}flows int64", FormatFloatShort(value),
                          value > 0 ? "over" : "under"));
    }
    limits.push_back(value < 1 ? 0 : static_cast<std::size_t>(value));
  }
  return limits;
}

/// Keeps the best elements of one step. Among equal ones the outcome depends on the order of every
/// comparison: this is the heap of Go's container/heap, used as Prometheus uses it.
class BestElements {
 public:
  /// Requires: limit > 0.
  BestElements(std::size_t step, std::size_t limit, bool largest)
      : step_(step), limit_(limit), largest_(largest) {}

  void Offer(const StepSeries* element) {
    if (heap_.size() < limit_) {
      heap_.push_back(element);
      MoveUp(heap_.size() - 1);
      return;
    }
    const double worst = Value(heap_.front());
    const double value = Value(element);
    const bool better = largest_ ? worst < value : worst > value;
    if (better || (std::isnan(worst) && !std::isnan(value))) {
      heap_.front() = element;
      MoveDown();
    }
  }

  /// Best first, NaN last.
  std::vector<const StepSeries*> Take() {
    std::stable_sort(heap_.begin(), heap_.end(), [&](const StepSeries* a, const StepSeries* b) {
      const double left = Value(a);
      const double right = Value(b);
      if (std::isnan(left) || std::isnan(right)) {
        return !std::isnan(left) && std::isnan(right);
      }
      return largest_ ? left > right : left < right;
    });
    return std::move(heap_);
  }

 private:
  double Value(const StepSeries* element) const { return element->values[step_]; }

  bool IsWorse(std::size_t i, std::size_t j) const {
    const double left = Value(heap_[i]);
    const double right = Value(heap_[j]);
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

  const std::size_t step_;
  const std::size_t limit_;
  const bool largest_;
  std::vector<const StepSeries*> heap_;  ///< The worst first.
};

/// The members with a value at the step, best first and NaN last, at most `limit`.
std::vector<const StepSeries*> Best(const Group& group, std::size_t step, std::size_t limit,
                                    bool largest) {
  if (limit == 0) {
    return {};
  }
  BestElements best(step, limit, largest);
  for (const StepSeries* member : group.members) {
    if (!IsGap(member->values[step])) {
      best.Offer(member);
    }
  }
  return best.Take();
}

StepVector SelectBest(const std::vector<Group>& groups, const StepScalar& k, bool largest) {
  const std::vector<std::size_t> limits = Limits(k);
  StepVector result;
  for (const Group& group : groups) {
    std::unordered_map<const StepSeries*, std::size_t> index;
    for (std::size_t step = 0; step < limits.size(); ++step) {
      for (const StepSeries* member : Best(group, step, limits[step], largest)) {
        const auto [entry, added] = index.try_emplace(member, result.size());
        if (added) {
          result.push_back(
              {member->labels, member->drop_name, std::vector<double>(limits.size(), kGap)});
        }
        result[entry->second].values[step] = member->values[step];
      }
    }
  }
  return result;
}

/// How often each value occurs in a group; the value becomes the label.
StepVector CountValues(const Aggregate& aggregate, const StepVector& vector,
                       const std::string& label, std::size_t steps) {
  if (label.empty() || !IsValidUtf8(label)) {
    Abandon(ErrorCode::kInvalidInput, fmt::format("invalid label name {}", Quote(label)));
  }
  Aggregate with_label{aggregate.op, nullptr, nullptr, aggregate.without, aggregate.grouping};
  if (!aggregate.without) {
    with_label.grouping.push_back(label);
  }
  StepVector result;
  std::unordered_map<Labels, std::size_t, LabelsHash> index;
  for (const StepSeries& series : vector) {
    std::unordered_map<std::string, std::size_t> by_value;
    for (std::size_t step = 0; step < steps; ++step) {
      if (IsGap(series.values[step])) {
        continue;
      }
      std::string value = FormatFloat(series.values[step]);
      const auto known = by_value.find(value);
      std::size_t counted = 0;
      if (known != by_value.end()) {
        counted = known->second;
      } else {
        const Labels labels = GroupLabels(with_label, series.labels.With(label, value));
        counted = index.try_emplace(labels, result.size()).first->second;
        if (counted == result.size()) {
          result.push_back({labels, series.drop_name, std::vector<double>(steps, kGap)});
        }
        by_value.emplace(std::move(value), counted);
      }
      double& count = result[counted].values[step];
      count = IsGap(count) ? 1 : count + 1;
    }
  }
  return result;
}

}  // namespace

StepVector EvaluateAggregate(const Aggregate& aggregate, Evaluator& evaluator) {
  const std::size_t steps = evaluator.steps().count;
  const StepVector vector = evaluator.EvaluateVector(*aggregate.expr);
  if (aggregate.op == AggregateOp::kCountValues) {
    return CountValues(aggregate, vector, evaluator.EvaluateText(*aggregate.parameter), steps);
  }
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
    case AggregateOp::kCountValues:
      break;  // Above: it makes its own groups.
  }
  return {};
}

}  // namespace hakem::promql

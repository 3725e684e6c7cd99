#include "promql/evaluation/operators/binary_operators.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <optional>
#include <utility>

#include "promql/evaluation/evaluator.h"
#include "promql/evaluation/label_groups.h"
#include "promql/evaluation/operators/vector_matching.h"

namespace hakem::promql {
namespace {

/// Whether any series of a match group has a value, for each group and step.
class GroupPresence {
 public:
  GroupPresence(const VectorMatching& matching, const StepVector& vector, std::size_t steps,
                QueryContext& context)
      : groups_(MatchSelection(matching)) {
    for (const StepSeries& series : vector) {
      context.CheckRunning();
      const std::size_t group = groups_.Add(series.labels);
      presence_.resize(groups_.size(), std::vector<bool>(steps));
      std::vector<bool>& present = presence_[group];
      for (std::size_t step = 0; step < steps; ++step) {
        present[step] = present[step] || !IsGap(series.values[step]);
      }
    }
  }

  /// Removes the series' values at steps at which its group's presence differs from `wanted`.
  void Keep(StepSeries& series, bool wanted) const {
    const std::optional<std::size_t> group = groups_.Find(series.labels);
    for (std::size_t step = 0; step < series.values.size(); ++step) {
      const bool present = group && presence_[*group][step];
      if (present != wanted) {
        series.values[step] = kGap;
      }
    }
  }

  /// Fills in missing groups of `side`, whose presence is `there`: adds a series for each group
  /// that this vector has and the side lacks at some step, with `value` at those steps.
  void FillIn(StepVector& side, const GroupPresence& there, double value,
              QueryContext& context) const {
    for (std::size_t group = 0; group < groups_.size(); ++group) {
      context.CheckRunning();
      const Labels labels = groups_.LabelsOf(group);
      std::vector<bool> missing = presence_[group];
      if (const std::optional<std::size_t> other = there.groups_.Find(labels)) {
        const std::vector<bool>& present = there.presence_[*other];
        std::transform(missing.begin(), missing.end(), present.begin(), missing.begin(),
                       [](bool here, bool is_there) { return here && !is_there; });
      }
      if (std::find(missing.begin(), missing.end(), true) == missing.end()) {
        continue;
      }
      context.CheckRoom(side.size() + 1, missing.size());
      StepSeries series{labels, false, StepRow(missing.size())};
      std::transform(missing.begin(), missing.end(), series.values.begin(),
                     [&](bool is_missing) { return is_missing ? value : kGap; });
      side.push_back(std::move(series));
    }
  }

 private:
  LabelGroups groups_;
  std::vector<std::vector<bool>> presence_;  ///< Indexed by group and step.
};

}  // namespace

double Calculate(BinaryOp op, double lhs, double rhs) {
  switch (op) {
    case BinaryOp::kAdd:
      return lhs + rhs;
    case BinaryOp::kSub:
      return lhs - rhs;
    case BinaryOp::kMul:
      return lhs * rhs;
    case BinaryOp::kDiv:
      return lhs / rhs;
    case BinaryOp::kMod:
      return std::fmod(lhs, rhs);
    case BinaryOp::kPow:
      return std::pow(lhs, rhs);
    case BinaryOp::kAtan2:
      return std::atan2(lhs, rhs);
    case BinaryOp::kEqual:
      return lhs == rhs ? 1 : 0;
    case BinaryOp::kNotEqual:
      return lhs != rhs ? 1 : 0;
    case BinaryOp::kGreater:
      return lhs > rhs ? 1 : 0;
    case BinaryOp::kLess:
      return lhs < rhs ? 1 : 0;
    case BinaryOp::kGreaterEqual:
      return lhs >= rhs ? 1 : 0;
    case BinaryOp::kLessEqual:
      return lhs <= rhs ? 1 : 0;
    case BinaryOp::kAnd:
    case BinaryOp::kOr:
    case BinaryOp::kUnless:
      break;  // Set operators do not apply to numbers.
  }
  return std::numeric_limits<double>::quiet_NaN();
}

StepScalar CombineScalars(const Binary& binary, const StepScalar& lhs, const StepScalar& rhs) {
  StepScalar result(lhs.size());
  for (std::size_t step = 0; step < result.size(); ++step) {
    result[step] = Calculate(binary.op, lhs[step], rhs[step]);
  }
  return result;
}

StepVector CombineWithScalar(const Binary& binary, StepVector vector, const StepScalar& scalar,
                             ScalarSide side, const EngineOptions& options) {
  const bool filters = IsComparison(binary.op) && !binary.return_bool;
  for (StepSeries& series : vector) {
    for (std::size_t step = 0; step < scalar.size(); ++step) {
      double& value = series.values[step];
      if (IsGap(value)) {
        continue;
      }
      const double result = side == ScalarSide::kLeft ? Calculate(binary.op, scalar[step], value)
                                                      : Calculate(binary.op, value, scalar[step]);
      if (!filters) {
        value = result;
      } else if (result == 0) {
        value = kGap;
      }
    }
  }
  if (!filters) {
    DropNames(vector, options);
  }
  return vector;
}

StepVector CombineSets(const Binary& binary, StepVector lhs, StepVector rhs, const Steps& steps,
                       QueryContext& context) {
  if (binary.op == BinaryOp::kOr) {
    const GroupPresence on_left(binary.matching, lhs, steps.count, context);
    for (StepSeries& series : rhs) {
      on_left.Keep(series, false);
    }
    lhs.insert(lhs.end(), std::make_move_iterator(rhs.begin()), std::make_move_iterator(rhs.end()));
    MergeSameLabels(lhs);
    return lhs;
  }
  const GroupPresence on_right(binary.matching, rhs, steps.count, context);
  for (StepSeries& series : lhs) {
    on_right.Keep(series, binary.op == BinaryOp::kAnd);
  }
  return lhs;
}

void FillSides(const VectorMatching& matching, StepVector& lhs, StepVector& rhs, const Steps& steps,
               QueryContext& context) {
  const GroupPresence on_left(matching, lhs, steps.count, context);
  const GroupPresence on_right(matching, rhs, steps.count, context);
  // For group_right, Prometheus swaps the operands but not the fill values, and its tests require
  // this: there `fill_left` is the value for elements that the right side lacks.
  const bool exchanged = matching.cardinality == Cardinality::kOneToMany;
  const std::optional<double>& left = exchanged ? matching.fill_right : matching.fill_left;
  const std::optional<double>& right = exchanged ? matching.fill_left : matching.fill_right;
  if (left) {
    on_right.FillIn(lhs, on_left, *left, context);
  }
  if (right) {
    on_left.FillIn(rhs, on_right, *right, context);
  }
}

}  // namespace hakem::promql

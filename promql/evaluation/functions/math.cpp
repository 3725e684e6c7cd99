#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

#include "promql/evaluation/functions/function_call.h"
#include "promql/evaluation/functions/functions.h"

namespace hakem::promql {
namespace {

/// Applies `calculate(value, step)` to each value of the first argument and drops metric names.
template <typename Calculate>
StepVector MapValues(FunctionCall& call, StepVector vector, Calculate calculate) {
  for (StepSeries& series : vector) {
    for (std::size_t step = 0; step < series.values.size(); ++step) {
      if (double& value = series.values[step]; !IsGap(value)) {
        value = calculate(value, step);
      }
    }
  }
  DropNames(vector, call.options());
  return vector;
}

template <double (*F)(double)>
StepValue Map(FunctionCall& call) {
  return MapValues(call, call.Vector(0), [](double value, std::size_t) { return F(value); });
}

double Degrees(double radians) {
  return radians * 180 / std::numbers::pi;
}

double Radians(double degrees) {
  return degrees * std::numbers::pi / 180;
}

double Sign(double value) {
  return value < 0 ? -1 : value > 0 ? 1 : value;
}

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Go's math.Max: NaN when either is NaN, unlike std::fmax, except that +Inf wins.
double Larger(double a, double b) {
  if (a == kInfinity || b == kInfinity) {
    return kInfinity;
  }
  return std::isnan(a) || std::isnan(b) ? std::numeric_limits<double>::quiet_NaN() : std::max(a, b);
}

double Smaller(double a, double b) {
  return -Larger(-a, -b);
}

/// clamp(v, min, max): no values at steps where min > max.
StepValue Clamp(FunctionCall& call) {
  const StepScalar least = call.Scalar(1);
  const StepScalar most = call.Scalar(2);
  return MapValues(call, call.Vector(0), [&](double value, std::size_t step) {
    return most[step] < least[step] ? kGap : Larger(least[step], Smaller(most[step], value));
  });
}

StepValue ClampMin(FunctionCall& call) {
  const StepScalar least = call.Scalar(1);
  return MapValues(call, call.Vector(0),
                   [&](double value, std::size_t step) { return Larger(least[step], value); });
}

StepValue ClampMax(FunctionCall& call) {
  const StepScalar most = call.Scalar(1);
  return MapValues(call, call.Vector(0),
                   [&](double value, std::size_t step) { return Smaller(most[step], value); });
}

template <double (*F)(double, double)>
StepValue OfTwo(FunctionCall& call) {
  StepScalar result = call.Scalar(0);
  const StepScalar second = call.Scalar(1);
  std::transform(result.begin(), result.end(), second.begin(), result.begin(), F);
  return result;
}

/// Rounds to the nearest multiple, halves up.
StepValue Round(FunctionCall& call) {
  const StepScalar nearest = call.size() > 1 ? call.Scalar(1) : StepScalar(call.steps().count, 1);
  return MapValues(call, call.Vector(0), [&](double value, std::size_t step) {
    const double inverse =
        1 / nearest[step];  // Multiplying by 10 is more exact than dividing by 0.1.
    return std::floor(value * inverse + 0.5) / inverse;
  });
}

using enum ValueType;

template <double (*F)(double)>
constexpr FunctionSpec Row(std::string_view name) {
  return {.name = name, .arguments = {kVector}, .result = kVector, .evaluate = Map<F>};
}

template <double (*F)(double, double)>
constexpr FunctionSpec RowOfTwo(std::string_view name) {
  return {.name = name,
          .arguments = {kScalar, kScalar},
          .result = kScalar,
          .evaluate = OfTwo<F>,
          .availability = Availability::kExperimental};
}

constexpr std::array kFunctions{
    Row<std::fabs>("abs"),
    Row<std::acos>("acos"),
    Row<std::acosh>("acosh"),
    Row<std::asin>("asin"),
    Row<std::asinh>("asinh"),
    Row<std::atan>("atan"),
    Row<std::atanh>("atanh"),
    Row<std::ceil>("ceil"),
    Row<std::cos>("cos"),
    Row<std::cosh>("cosh"),
    Row<Degrees>("deg"),
    Row<std::exp>("exp"),
    Row<std::floor>("floor"),
    Row<std::log>("ln"),
    Row<std::log10>("log10"),
    Row<std::log2>("log2"),
    RowOfTwo<Larger>("max_of"),
    RowOfTwo<Smaller>("min_of"),
    Row<Radians>("rad"),
    Row<Sign>("sgn"),
    Row<std::sin>("sin"),
    Row<std::sinh>("sinh"),
    Row<std::sqrt>("sqrt"),
    Row<std::tan>("tan"),
    Row<std::tanh>("tanh"),
    FunctionSpec{.name = "clamp",
                 .arguments = {kVector, kScalar, kScalar},
                 .result = kVector,
                 .evaluate = Clamp},
    FunctionSpec{.name = "clamp_max",
                 .arguments = {kVector, kScalar},
                 .result = kVector,
                 .evaluate = ClampMax},
    FunctionSpec{.name = "clamp_min",
                 .arguments = {kVector, kScalar},
                 .result = kVector,
                 .evaluate = ClampMin},
    FunctionSpec{.name = "round",
                 .arguments = {kVector, kScalar},
                 .optional = 1,
                 .result = kVector,
                 .evaluate = Round},
};

}  // namespace

const FunctionFamily kMathFunctions{kFunctions};

}  // namespace hakem::promql

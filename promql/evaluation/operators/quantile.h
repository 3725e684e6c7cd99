#pragma once

#include <vector>

#include "promql/evaluation/annotations.h"
#include "promql/evaluation/step_value.h"

namespace hakem::promql {

/// Returns the q-quantile by linear interpolation between ranks. NaN sorts before all numbers.
/// Returns -Inf for q < 0, +Inf for q > 1, NaN for q = NaN or without values. Reorders `values`.
double Quantile(double q, std::vector<double>& values);

/// Warns at the argument's position when q is outside [0, 1].
void WarnOfInvalidQuantile(double q, const Position& position, Annotations& annotations);

}  // namespace hakem::promql

#pragma once

#include <vector>

#include "promql/evaluation/annotations.h"
#include "promql/evaluation/step_value.h"

namespace hakem::promql {

/// The q-quantile by linear interpolation between ranks; NaN counts as smaller than any number.
/// -Inf for q < 0, +Inf for q > 1, NaN for NaN and for no values. Reorders the values.
double Quantile(double q, std::vector<double>& values);

/// Warns at the argument's place when q is not within 0 and 1.
void WarnOfInvalidQuantile(double q, const Position& position, Annotations& annotations);

}  // namespace hakem::promql

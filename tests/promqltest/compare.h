#pragma once

#include <string>

#include "promql/evaluation/annotations.h"
#include "promql/value.h"
#include "tests/promqltest/script.h"

namespace hakem::promqltest {

/// Returns the difference between the value and the expected one; "" when there is none.
std::string CompareValue(const Eval& eval, const promql::Value& value);

/// Does the same for an instant case that was evaluated as a range query around its instant: only
/// the points at that instant are compared.
std::string CompareMiddle(const Eval& eval, const promql::Matrix& matrix, Timestamp time);

/// Returns the difference between the annotations and the expected ones.
std::string CompareAnnotations(const Eval& eval, const promql::Annotations& annotations);

/// Returns the difference between an error's text and the expected one.
std::string CompareError(const Eval& eval, const std::string& message);

/// Whether the script says that this expression fails.
bool ExpectsError(const Eval& eval);

/// Whether values are equal up to a relative difference of 1e-6; NaN equals NaN.
bool AlmostEqual(double a, double b);

}  // namespace hakem::promqltest

#pragma once

#include <string>

#include "promql/evaluation/annotations.h"
#include "promql/value.h"
#include "tests/promqltest/script.h"

namespace hakem::promqltest {

/// What differs between the value and what the case expects; "" when nothing does.
std::string CompareValue(const Eval& eval, const promql::Value& value);

/// As CompareValue, for the value of a range query around the instant of an instant case: its
/// points at that instant are what counts.
std::string CompareMiddle(const Eval& eval, const promql::Matrix& matrix, Timestamp time);

/// What differs between the annotations and what the case expects of them.
std::string CompareAnnotations(const Eval& eval, const promql::Annotations& annotations);

/// What differs between an error's text and what the case expects of it.
std::string CompareError(const Eval& eval, const std::string& message);

/// Whether the case expects an error.
bool ExpectsError(const Eval& eval);

/// Equal but for rounding: relative difference below 1e-6; NaN equals NaN.
bool AlmostEqual(double a, double b);

}  // namespace hakem::promqltest

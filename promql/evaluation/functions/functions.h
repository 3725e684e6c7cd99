#pragma once

#include <span>
#include <string_view>

#include "promql/evaluation/step_value.h"
#include "promql/syntax/function_spec.h"

namespace hakem::promql {

/// Returns the function's row; null when there is none. Names are case-sensitive.
const FunctionSpec* FindFunction(std::string_view name);

/// A family of functions, defined as a table at the end of its file.
using FunctionFamily = std::span<const FunctionSpec>;

/// Returns all families.
std::span<const FunctionFamily> FunctionFamilies();

extern const FunctionFamily kDateFunctions;
extern const FunctionFamily kHistogramFunctions;
extern const FunctionFamily kInfoFunctions;
extern const FunctionFamily kLabelFunctions;
extern const FunctionFamily kMathFunctions;
extern const FunctionFamily kOverTimeFunctions;
extern const FunctionFamily kRateFunctions;
extern const FunctionFamily kScalarFunctions;
extern const FunctionFamily kSortFunctions;
extern const FunctionFamily kVectorFunctions;

}  // namespace hakem::promql

#pragma once

#include <span>
#include <string_view>

#include "promql/evaluation/step_value.h"
#include "promql/syntax/function_spec.h"

namespace hakem::promql {

/// The row, or null when there is no such function. Names are case-sensitive.
const FunctionSpec* FindFunction(std::string_view name);

/// One family of functions: a table at the end of its file.
using FunctionFamily = std::span<const FunctionSpec>;

/// All of them.
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

#pragma once

#include "promql/syntax/ast.h"

namespace hakem::promql {

/// Whether the expression should be evaluated once for all steps, because everything that it reads
/// is a constant or fixed by `@`. False for a literal alone, which is cheap, and for a range
/// vector, whose windows belong to the function that reads them.
bool IsStepInvariant(const Expr& expr);

/// Whether the expression's value may differ between steps.
bool DependsOnStep(const Expr& expr);

}  // namespace hakem::promql

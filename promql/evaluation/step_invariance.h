#pragma once

#include "promql/syntax/ast.h"

namespace hakem::promql {

/// Whether the expression yields the same at every step, because all that it reads is fixed by `@`
/// or written out: then it is evaluated once. A literal by itself is not worth it. A range vector
/// never is: its windows belong to the function that reads them.
bool IsStepInvariant(const Expr& expr);

/// Whether the expression may yield something else at another step.
bool DependsOnStep(const Expr& expr);

}  // namespace hakem::promql

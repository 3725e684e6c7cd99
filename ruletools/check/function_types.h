#pragma once

#include "promql/syntax/ast.h"
#include "ruletools/check/catalogue.h"
#include "ruletools/check/label_flow.h"

namespace hakem::ruletools {

/// Reports functions for counters that are applied to gauges, such as `rate(pg_up[5m])`, and the
/// reverse. Only metrics of the catalogue count, and names that end as those of counters. Pure.
void CheckFunctionTypes(const promql::Expr& expr, const Catalogue& catalogue,
                        const OnMistake& on_mistake);

}  // namespace hakem::ruletools

#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "promql/syntax/ast.h"

namespace hakem::promqltest {

/// Returns the query with `@ time` added to every selector and outermost subquery without `@`. Its
/// value must not depend on the evaluation time. Returns nothing when the query reads that time in
/// another way.
std::optional<std::string> FixedAt(const std::string& query, Timestamp time);

/// Returns other times at which to evaluate a query that is fixed at `time`.
std::vector<Timestamp> OtherTimes(Timestamp time);

/// Calls `visit` with each selector's matchers.
void VisitSelectors(promql::Expr& expr,
                    const std::function<void(const std::vector<Matcher>&)>& visit);

}  // namespace hakem::promqltest

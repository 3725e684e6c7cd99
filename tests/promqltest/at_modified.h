#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "promql/syntax/ast.h"

namespace hakem::promqltest {

/// The query with `@ time` behind every selector and outermost subquery that has no `@`, printed
/// anew: its value must be the same at whatever time it is evaluated. Nothing when it reads the
/// time of evaluation otherwise.
std::optional<std::string> FixedAt(const std::string& query, Timestamp time);

/// Other times at which to evaluate what is fixed at `time`.
std::vector<Timestamp> OtherTimes(Timestamp time);

/// Calls `visit` with each selector's matchers.
void VisitSelectors(promql::Expr& expr,
                    const std::function<void(const std::vector<Matcher>&)>& visit);

}  // namespace hakem::promqltest

#pragma once

#include <optional>
#include <string_view>

#include "promql/syntax/ast.h"

namespace hakem::rules {

/// A part of an expression that asks for values of the past.
struct PastUse {
  promql::Position position;
  std::string_view what;  ///< "a range selector", "a subquery", "offset", "@"
};

/// The first part that needs more than the present values; nothing when none does. A rule with one
/// would load and never fire while there is no history.
std::optional<PastUse> FindPast(const promql::Expr& expr);

}  // namespace hakem::rules

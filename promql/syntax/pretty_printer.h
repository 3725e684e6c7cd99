#pragma once

#include <string>

#include "promql/syntax/ast.h"

namespace hakem::promql {

/// The expression in canonical form for people: what is longer than 100 characters is broken into
/// lines at its operators and parentheses, two spaces for each level, as Prometheus' `format_query`
/// breaks it.
std::string PrettyPrint(const Expr& expr);

}  // namespace hakem::promql

#pragma once

#include <string>

#include "promql/syntax/ast.h"

namespace hakem::promql {

/// Prints the expression as Prometheus' `format_query` does: parts longer than 100 characters are
/// broken into lines at operators and parentheses, indented by two spaces for each level.
std::string PrettyPrint(const Expr& expr);

}  // namespace hakem::promql

#pragma once

#include <string>

#include "promql/syntax/ast.h"

namespace hakem::web {

/// Appends the syntax tree in the form of Prometheus' `/api/v1/parse_query`: each node is an object
/// with its `type`.
void AppendExpression(std::string& json, const promql::Expr& expr);

}  // namespace hakem::web

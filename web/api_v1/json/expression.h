#pragma once

#include "format/json_writer.h"
#include "promql/syntax/ast.h"

namespace hakem::web {

/// Writes the syntax tree in the form of Prometheus' `/api/v1/parse_query`: each node is an object
/// with its `type`.
void WriteExpression(JsonWriter& json, const promql::Expr& expr);

}  // namespace hakem::web

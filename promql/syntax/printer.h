#pragma once

#include <string>

#include "promql/syntax/ast.h"

namespace hakem::promql {

/// Prints the expression in canonical form on one line, as Prometheus does. Parsing the text
/// returns the same expression: `sum by (job) (rate(x_total{a="b"}[5m] offset 1m))`
std::string Print(const Expr& expr);

/// Prints labels as Prometheus does in messages: `{__name__="up", job="hokm"}`.
std::string PrintLabels(const Labels& labels);

}  // namespace hakem::promql

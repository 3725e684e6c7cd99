#pragma once

#include <string>

#include "promql/syntax/ast.h"

namespace hakem::promql {

/// The expression in canonical form, on one line, as Prometheus prints it: reading it again gives
/// the same expression. `sum by (job) (rate(x_total{a="b"}[5m] offset 1m))`
std::string Print(const Expr& expr);

/// The series as Prometheus names it in messages: `{__name__="up", job="hokm"}`.
std::string PrintLabels(const Labels& labels);

}  // namespace hakem::promql

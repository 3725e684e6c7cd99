#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <unordered_map>

#include "promql/syntax/ast.h"

namespace hakem::promql {

/// Prints the expression in canonical form on one line, as Prometheus does. Parsing the text
/// returns the same expression: `sum by (job) (rate(x_total{a="b"}[5m] offset 1m))`
std::string Print(const Expr& expr);

/// Prints the expression as Print() does, but each of its direct operands as `operand` returns it.
/// So the time and size do not depend on how much is nested in the expression.
std::string PrintNode(const Expr& expr, const std::function<std::string(const Expr&)>& operand);

/// Where an expression stands in a text: offsets of its first character and behind its last one.
struct TextPlace {
  std::size_t begin = 0;
  std::size_t end = 0;
};

using ExprPlaces = std::unordered_map<const Expr*, TextPlace>;

/// The text of an expression, and the places of the expression and all that are nested in it.
struct PrintedExpr {
  std::string text;
  ExprPlaces places;
};

/// Prints as Print() does.
PrintedExpr PrintWithPlaces(const Expr& expr);

/// Prints labels as Prometheus does in messages: `{__name__="up", job="hokm"}`.
std::string PrintLabels(const Labels& labels);

}  // namespace hakem::promql

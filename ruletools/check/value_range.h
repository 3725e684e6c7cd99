#pragma once

#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "promql/syntax/ast.h"
#include "ruletools/check/catalogue.h"

namespace hakem::ruletools {

/// An interval of values. Each end may be included or not.
struct ValueRange {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  bool has_low = true;
  bool has_high = true;

  static ValueRange Exactly(double value) { return {.low = value, .high = value}; }

  bool empty() const { return low > high || (low == high && !(has_low && has_high)); }

  ValueRange Intersect(const ValueRange& other) const;
};

/// What is known about the values of an expression without any data.
struct ValueFacts {
  /// Every value of the result lies in it; values may be NaN, too.
  ValueRange range;
  bool is_never = false;  ///< Whether the result is always empty.
  bool is_always =
      false;  ///< Whether each series has a value, whether a comparison is true or not.
  /// Comparisons and selectors that never have a result, and why.
  std::vector<std::string> never = {};
};

/// Follows the values from selectors and functions to the result: a count is at least 1, a rate is
/// not negative, and a comparison with a number leaves out the others. What is not known counts as
/// possible. Pure.
ValueFacts FollowValues(const promql::Expr& expr, const Catalogue& catalogue);

/// The limit that an expression compares with: `base > 90`.
struct Limit {
  std::string base;  ///< What is compared, in canonical form.
  promql::BinaryOp op;
  double value = 0;
};

/// Returns the comparison with a number that the expression consists of; nothing if it is another.
std::optional<Limit> FindLimit(const promql::Expr& expr);

}  // namespace hakem::ruletools

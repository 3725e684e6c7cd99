#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "model/matcher.h"
#include "model/time.h"
#include "promql/syntax/duration_expr.h"
#include "promql/syntax/position.h"

namespace hakem::promql {

struct Expr;
struct FunctionSpec;

/// An expression owns its operands. Parse returns only well-typed ones.
using ExprPtr = std::unique_ptr<Expr>;

/// The type of an expression's value.
enum class ValueType { kScalar, kVector, kMatrix, kString };

/// Returns the name used in messages: "scalar", "instant vector", "range vector", "string".
std::string_view ToString(ValueType type);

enum class BinaryOp {
  kAdd,
  kSub,
  kMul,
  kDiv,
  kMod,
  kPow,
  kAtan2,
  kEqual,
  kNotEqual,
  kGreater,
  kLess,
  kGreaterEqual,
  kLessEqual,
  kAnd,
  kOr,
  kUnless,
};

/// Returns the operator as it is written: "+", "==", "unless".
std::string_view ToString(BinaryOp op);

/// Whether it is one of `==` `!=` `>` `<` `>=` `<=`.
constexpr bool IsComparison(BinaryOp op) {
  switch (op) {
    case BinaryOp::kEqual:
    case BinaryOp::kNotEqual:
    case BinaryOp::kGreater:
    case BinaryOp::kLess:
    case BinaryOp::kGreaterEqual:
    case BinaryOp::kLessEqual:
      return true;
    default:
      return false;
  }
}

/// Whether it is one of `and` `or` `unless`.
constexpr bool IsSetOperator(BinaryOp op) {
  return op == BinaryOp::kAnd || op == BinaryOp::kOr || op == BinaryOp::kUnless;
}

enum class AggregateOp {
  kSum,
  kAvg,
  kCount,
  kMin,
  kMax,
  kGroup,
  kStddev,
  kStdvar,
  kTopk,
  kBottomk,
  kQuantile,
  kCountValues,
  kLimitk,
  kLimitRatio,
};

/// Returns the aggregation's name: "sum", "count_values".
std::string_view ToString(AggregateOp op);

/// The bounds of the query, written `@ start()` and `@ end()`.
enum class QueryBound { kStart, kEnd };

/// The modifiers `@ …` and `offset …`, which shift the evaluation time of a selector or subquery.
struct TimeShift {
  std::optional<std::variant<Timestamp, QueryBound>> at;
  std::optional<DurationOrExpr> offset;  ///< Negative offsets look into the future.
};

struct NumberLiteral {
  double value;
  bool is_duration = false;  ///< Written as a duration like `5m`, and printed as one.
};

struct StringLiteral {
  std::string value;
};

/// Makes a selector use samples beyond its bounds, so that rates and increases are exact.
enum class RangeModifier {
  kNone,
  kAnchored,  ///< The last sample before the range counts too.
  kSmoothed,  ///< Values at the bounds are interpolated between the samples on both sides.
};

/// Returns the modifier as it is written: "", "anchored", "smoothed".
std::string_view ToString(RangeModifier modifier);

/// `name{…}`. A name is also the last of the matchers.
struct VectorSelector {
  std::string name;  ///< The name before the braces, or "".
  std::vector<Matcher> matchers;
  TimeShift shift;
  RangeModifier modifier = RangeModifier::kNone;
};

/// `selector[5m]`. Shift and modifier are those behind the brackets; the inner selector has none.
struct MatrixSelector {
  VectorSelector selector;
  DurationOrExpr range;
  TimeShift shift;
  RangeModifier modifier = RangeModifier::kNone;
};

/// `expr[1h:5m]`
struct Subquery {
  ExprPtr expr;
  DurationOrExpr range;
  std::optional<DurationOrExpr> step;  ///< Empty: EngineOptions::default_step.
  TimeShift shift;
};

struct Paren {
  ExprPtr expr;
};

/// `-expr` and `+expr`
struct Unary {
  bool negative;
  ExprPtr expr;
};

/// Which side of a binary operation may have several elements in one match group.
enum class Cardinality { kOneToOne, kManyToOne, kOneToMany };

/// How elements of two vectors are matched.
struct VectorMatching {
  Cardinality cardinality = Cardinality::kOneToOne;
  bool on = false;  ///< Match on `labels` only; else on all labels except these and the name.
  std::vector<std::string> labels;   ///< The labels of `on (…)` or `ignoring (…)`.
  std::vector<std::string> include;  ///< The labels of `group_left (…)` or `group_right (…)`.
  std::optional<double> fill_left;   ///< Value of missing elements of the left side (with
                                     ///< group_right, of the right side).
  std::optional<double> fill_right;  ///< Value of missing elements of the other side.

  bool fills() const { return fill_left || fill_right; }
};

struct Binary {
  BinaryOp op;
  ExprPtr lhs;
  ExprPtr rhs;
  bool return_bool = false;
  VectorMatching matching;
  Position op_position;
};

/// `function(arguments)`. Literals and parentheses are kept as written.
struct Call {
  const FunctionSpec* function;
  std::vector<ExprPtr> arguments;
};

/// `sum by (label) (expr)`
struct Aggregate {
  AggregateOp op;
  ExprPtr parameter;  ///< The parameter of topk, quantile and similar ones; else null.
  ExprPtr expr;
  bool without = false;
  std::vector<std::string> grouping;
};

/// A node of the syntax tree and its position in the query.
struct Expr {
  using Node = std::variant<NumberLiteral, StringLiteral, VectorSelector, MatrixSelector, Subquery,
                            Paren, Unary, Binary, Call, Aggregate>;

  Node node;
  Position position;
  int depth =
      1;  ///< Depth of the tree from here; bounded, so that recursion cannot exhaust the stack.

  /// The type of its value.
  ValueType type() const;
};

/// Returns the expression without parentheses around it.
const Expr& Unwrap(const Expr& expr);

}  // namespace hakem::promql

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

/// An expression owns its operands. One that Parse returned is well typed.
using ExprPtr = std::unique_ptr<Expr>;

/// What an expression evaluates to.
enum class ValueType { kScalar, kVector, kMatrix, kString };

/// The word in messages: "scalar", "instant vector", "range vector", "string".
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

/// "+", "==", "unless", …
std::string_view ToString(BinaryOp op);

/// `==` `!=` `>` `<` `>=` `<=`
constexpr bool IsComparison(BinaryOp op) {
  return op >= BinaryOp::kEqual && op <= BinaryOp::kLessEqual;
}

/// `and` `or` `unless`
constexpr bool IsSetOperator(BinaryOp op) {
  return op >= BinaryOp::kAnd;
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

/// "sum", "count_values", …
std::string_view ToString(AggregateOp op);

/// `@ start()` and `@ end()`: the bounds of the query.
enum class QueryBound { kStart, kEnd };

/// `@ …` and `offset …` behind a selector or subquery: which instant it looks at.
struct TimeShift {
  std::optional<std::variant<Timestamp, QueryBound>> at;
  std::optional<DurationOrExpr> offset;  ///< Negative: into the future.
};

struct NumberLiteral {
  double value;
  bool is_duration = false;  ///< Written as `5m`: printed so again.
};

struct StringLiteral {
  std::string value;
};

/// What a selector takes from beyond the bounds it is given, so that changes are exact.
enum class RangeModifier {
  kNone,
  kAnchored,  ///< The sample before a range counts too.
  kSmoothed,  ///< Values at the bounds lie on the line between the samples on both sides.
};

/// "", "anchored", "smoothed"
std::string_view ToString(RangeModifier reach);

/// `name{…}`. The name, when there is one, is also the last of the matchers.
struct VectorSelector {
  std::string name;  ///< As it stood before the braces, or "".
  std::vector<Matcher> matchers;
  TimeShift shift;
  RangeModifier reach = RangeModifier::kNone;
};

/// `selector[5m]`. Shift and reach are those behind the brackets; the selector has none of its own.
struct MatrixSelector {
  VectorSelector selector;
  DurationOrExpr range;
  TimeShift shift;
  RangeModifier reach = RangeModifier::kNone;
};

/// `expr[1h:5m]`
struct Subquery {
  ExprPtr expr;
  DurationOrExpr range;
  std::optional<DurationOrExpr> step;  ///< Nothing: the engine's default.
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

/// Which side of a binary operation may hold several elements for one match group.
enum class Cardinality { kOneToOne, kManyToOne, kOneToMany };

/// How the elements of two vectors find each other.
struct VectorMatching {
  Cardinality cardinality = Cardinality::kOneToOne;
  bool on = false;                   ///< Match on `labels`; else on all but them and the name.
  std::vector<std::string> labels;   ///< Of `on (…)` or `ignoring (…)`.
  std::vector<std::string> include;  ///< Of `group_left (…)` or `group_right (…)`.
  std::optional<double> fill_left;   ///< Stands for an element that the left side lacks; with
                                     ///< group_right, for one that the right side lacks.
  std::optional<double> fill_right;  ///< The same of the other side.

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

/// `function(arguments)`. Literals and parentheses are kept as they were written.
struct Call {
  const FunctionSpec* function;
  std::vector<ExprPtr> arguments;
};

/// `sum by (label) (expr)`
struct Aggregate {
  AggregateOp op;
  ExprPtr parameter;  ///< Of topk, quantile and their like; else null.
  ExprPtr expr;
  bool without = false;
  std::vector<std::string> grouping;
};

/// A node of the syntax tree with its place in the text.
struct Expr {
  using Node = std::variant<NumberLiteral, StringLiteral, VectorSelector, MatrixSelector, Subquery,
                            Paren, Unary, Binary, Call, Aggregate>;

  Node node;
  Position position;
  int depth = 1;  ///< Of the tree below; bounded, so that walking it cannot exhaust the stack.

  /// What it evaluates to.
  ValueType type() const;
};

/// The expression without the parentheses around it.
const Expr& Unwrap(const Expr& expr);

}  // namespace hakem::promql

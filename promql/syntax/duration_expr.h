#pragma once

#include <string>
#include <variant>
#include <vector>

#include "model/time.h"
#include "promql/syntax/position.h"

namespace hakem::promql {

/// An element of a duration expression: a value, or an operation on the values before it.
enum class DurationOp {
  kNumber,    ///< A number of seconds.
  kDuration,  ///< A number of seconds, written as a duration like `5m`.
  kStep,      ///< `step()`
  kRange,     ///< `range()`
  kMinus,     ///< This and the next two take one value.
  kPlus,
  kParentheses,
  kMinOf,  ///< This and all below take two values.
  kMaxOf,
  kAdd,
  kSub,
  kMul,
  kDiv,
  kMod,
  kPow,
};

struct DurationElement {
  DurationOp op = DurationOp::kNumber;
  double seconds = 0;   ///< For kNumber and kDuration.
  Position position{};  ///< Position of the expression that ends with this element.

  bool operator==(const DurationElement&) const = default;
};

/// A computed duration, `5m + 2 * step()`, in reverse Polish notation: operands come before their
/// operator. Never empty, and every operator has its operands.
using DurationExpr = std::vector<DurationElement>;

/// The longest duration that Go, and so Prometheus, can represent.
inline constexpr double kMaxDurationSeconds = 9223372036;

/// A duration in a query: a constant, or an expression that is computed for each query.
using DurationOrExpr = std::variant<Duration, DurationExpr>;

/// The times of the query, which duration expressions may refer to.
struct QueryTimes {
  Timestamp start;
  Timestamp end;
  Duration step{0};  ///< 0 in an instant query.
};

/// Prints the expression in canonical form: `5m + 2 * step()`.
std::string Print(const DurationExpr& expr);

/// Prints the constant or the expression in canonical form.
std::string Print(const DurationOrExpr& duration);

/// The sign that a duration must have.
enum class Sign { kAny, kPositive };

/// Computes the duration for a query; positive durations below a millisecond become 0. Throws
/// QueryError with Prometheus' message when it divides by zero, or the result is too long or does
/// not have the wanted sign.
Duration Evaluate(const DurationOrExpr& duration, const QueryTimes& times, Sign wanted);

}  // namespace hakem::promql

#pragma once

#include <string>
#include <variant>
#include <vector>

#include "model/time.h"
#include "promql/syntax/position.h"

namespace hakem::promql {

/// What an element of a duration expression is: a value, or what is done with those before it.
enum class DurationOp {
  kNumber,    ///< Seconds.
  kDuration,  ///< Seconds too, written `5m`.
  kStep,      ///< `step()`
  kRange,     ///< `range()`
  kMinus,     ///< Takes one value, as the next two do.
  kPlus,
  kParentheses,
  kMinOf,  ///< Takes two values, as all below do.
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
  double seconds = 0;   ///< Of kNumber and kDuration.
  Position position{};  ///< Of the expression that ends with this element.

  bool operator==(const DurationElement&) const = default;
};

/// A length of time that a query computes: `5m + 2 * step()`. Operands come before what is done
/// with them. Not empty, and each element finds the values that it takes.
using DurationExpr = std::vector<DurationElement>;

/// What a duration of Go's holds, and so one of Prometheus'.
inline constexpr double kMaxDurationSeconds = 9223372036;

/// A length of time in a query: written out, or computed once the query's own times are known.
using DurationOrExpr = std::variant<Duration, DurationExpr>;

/// The times of the query as a whole, of which its duration expressions may speak.
struct QueryTimes {
  Timestamp start;
  Timestamp end;
  Duration step{0};  ///< 0 for an instant query.
};

/// The expression in canonical form: `5m + 2 * step()`.
std::string Print(const DurationExpr& expr);

/// As it is printed, also where it was written out.
std::string Print(const DurationOrExpr& length);

enum class Sign { kAny, kPositive };

/// What the length is in this query; 0 when it is positive but below a millisecond. Throws
/// QueryError, in Prometheus' words, when it divides by zero, is too long, or has not the wanted
/// sign.
Duration Evaluate(const DurationOrExpr& length, const QueryTimes& times, Sign wanted);

}  // namespace hakem::promql

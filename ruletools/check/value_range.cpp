#include "ruletools/check/value_range.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <string_view>
#include <utility>
#include <variant>

#include "format/number.h"
#include "promql/syntax/function_spec.h"
#include "promql/syntax/printer.h"

namespace hakem::ruletools {
namespace {

using promql::AggregateOp;
using promql::BinaryOp;
using promql::Expr;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct FunctionRange {
  std::string_view name;
  double low;
  double high;
};

/// Functions whose values lie in an interval, whatever their arguments are.
constexpr FunctionRange kFunctionRanges[] = {
    {"abs", 0, kInfinity},
    {"absent", 1, 1},
    {"absent_over_time", 1, 1},
    {"changes", 0, kInfinity},
    {"count_over_time", 1, kInfinity},
    {"day_of_month", 1, 31},
    {"day_of_week", 0, 6},
    {"day_of_year", 1, 366},
    {"days_in_month", 28, 31},
    {"exp", 0, kInfinity},
    {"histogram_fraction", 0, 1},
    {"hour", 0, 23},
    {"increase", 0, kInfinity},
    {"irate", 0, kInfinity},
    {"minute", 0, 59},
    {"month", 1, 12},
    {"present_over_time", 1, 1},
    {"rate", 0, kInfinity},
    {"resets", 0, kInfinity},
    {"sgn", -1, 1},
    {"sqrt", 0, kInfinity},
    {"stddev_over_time", 0, kInfinity},
    {"stdvar_over_time", 0, kInfinity},
};

/// Functions whose values are among those of their vector.
constexpr std::string_view kChoosingFunctions[] = {
    "avg_over_time",     "first_over_time", "label_join",
    "label_replace",     "last_over_time",  "max_over_time",
    "min_over_time",     "scalar",          "sort",
    "sort_by_label",     "sort_desc",       "vector",
    "sort_by_label_desc"};

ValueRange AtLeast(double low) {
  return {.low = low};
}

/// The values for which `value OP limit` holds.
ValueRange Satisfying(BinaryOp op, double limit) {
  switch (op) {
    case BinaryOp::kGreater:
      return {.low = limit, .has_low = false};
    case BinaryOp::kGreaterEqual:
      return {.low = limit};
    case BinaryOp::kLess:
      return {.high = limit, .has_high = false};
    case BinaryOp::kLessEqual:
      return {.high = limit};
    case BinaryOp::kEqual:
      return ValueRange::Exactly(limit);
    default:
      return {};
  }
}

/// `limit > value` as `value < limit`.
BinaryOp Mirrored(BinaryOp op) {
  switch (op) {
    case BinaryOp::kGreater:
      return BinaryOp::kLess;
    case BinaryOp::kGreaterEqual:
      return BinaryOp::kLessEqual;
    case BinaryOp::kLess:
      return BinaryOp::kGreater;
    case BinaryOp::kLessEqual:
      return BinaryOp::kGreaterEqual;
    default:
      return op;
  }
}

bool IsPoint(const ValueRange& range) {
  return range.low == range.high && !range.empty();
}

bool IsNotNegative(const ValueRange& range) {
  return range.low >= 0;
}

ValueRange Add(const ValueRange& one, const ValueRange& other) {
  const ValueRange sum{.low = one.low + other.low, .high = one.high + other.high};
  return std::isnan(sum.low) || std::isnan(sum.high) ? ValueRange{} : sum;
}

ValueRange Negative(const ValueRange& range) {
  return {
      .low = -range.high, .high = -range.low, .has_low = range.has_high, .has_high = range.has_low};
}

ValueRange Multiply(const ValueRange& one, const ValueRange& other) {
  const double products[] = {one.low * other.low, one.low * other.high, one.high * other.low,
                             one.high * other.high};
  if (std::any_of(std::begin(products), std::end(products),
                  [](double value) { return std::isnan(value); })) {
    return IsNotNegative(one) && IsNotNegative(other) ? AtLeast(0) : ValueRange{};
  }
  const auto [low, high] = std::minmax_element(std::begin(products), std::end(products));
  return {.low = *low, .high = *high};
}

ValueRange Divide(const ValueRange& one, const ValueRange& other) {
  if (IsPoint(other) && other.low != 0 && std::isfinite(other.low)) {
    return Multiply(one, ValueRange::Exactly(1 / other.low));
  }
  return IsNotNegative(one) && IsNotNegative(other) ? AtLeast(0) : ValueRange{};
}

ValueRange Calculate(BinaryOp op, const ValueRange& one, const ValueRange& other) {
  switch (op) {
    case BinaryOp::kAdd:
      return Add(one, other);
    case BinaryOp::kSub:
      return Add(one, Negative(other));
    case BinaryOp::kMul:
      return Multiply(one, other);
    case BinaryOp::kDiv:
      return Divide(one, other);
    default:
      return {};
  }
}

std::string Describe(const ValueRange& range) {
  const auto number = [](double value) { return FormatNumber(value, NumberForm::kDecimal); };
  if (IsPoint(range)) {
    return fmt::format("is always {}", number(range.low));
  }
  std::vector<std::string> ends;
  if (std::isfinite(range.low)) {
    ends.push_back(
        fmt::format("{} {}", range.has_low ? "at least" : "more than", number(range.low)));
  }
  if (std::isfinite(range.high)) {
    ends.push_back(
        fmt::format("{} {}", range.has_high ? "at most" : "less than", number(range.high)));
  }
  return "is " + (ends.empty() ? std::string("any number")
                               : ends.front() + (ends.size() > 1 ? " and " + ends.back() : ""));
}

/// Moves what never has a result, and returns facts about a vector that depends on both.
ValueFacts Merge(ValueFacts one, ValueFacts other) {
  std::move(other.never.begin(), other.never.end(), std::back_inserter(one.never));
  return one;
}

class ValueWalk {
 public:
  explicit ValueWalk(const Catalogue& catalogue) : catalogue_(catalogue) {}

  ValueFacts Walk(const Expr& expr) const {
    return std::visit([&](const auto& node) { return Visit(node, expr); }, expr.node);
  }

 private:
  ValueFacts Visit(const promql::NumberLiteral& number, const Expr&) const {
    return {.range = std::isnan(number.value) ? ValueRange{} : ValueRange::Exactly(number.value)};
  }

  ValueFacts Visit(const promql::StringLiteral&, const Expr&) const { return {}; }

  ValueFacts Visit(const promql::VectorSelector& selector, const Expr&) const {
    ValueFacts facts{.range = RangeOf(selector.name)};
    if (const std::string reason = WhyNothingMatches(selector.matchers); !reason.empty()) {
      facts.is_never = true;
      facts.never.push_back(reason);
    }
    return facts;
  }

  ValueRange RangeOf(std::string_view metric) const {
    if (metric == "up" || metric == "pg_up") {
      return {.low = 0, .high = 1};
    }
    const KnownMetric* const known = catalogue_.Find(metric);
    return known != nullptr && known->type == MetricType::kCounter ? AtLeast(0) : ValueRange{};
  }

  /// Two matchers of one label that no value satisfies.
  static std::string WhyNothingMatches(const std::vector<Matcher>& matchers) {
    for (const Matcher& exact : matchers) {
      for (const Matcher& other : matchers) {
        if (exact.op() == MatchOp::kEqual && other.name() == exact.name() &&
            !other.Matches(exact.value())) {
          return fmt::format("no series can have both {}=\"{}\" and {}{}\"{}\"", exact.name(),
                             exact.value(), other.name(), ToString(other.op()), other.value());
        }
      }
    }
    return "";
  }

  ValueFacts Visit(const promql::MatrixSelector& matrix, const Expr& expr) const {
    return Visit(matrix.selector, expr);
  }

  ValueFacts Visit(const promql::Subquery& subquery, const Expr&) const {
    return Walk(*subquery.expr);
  }

  ValueFacts Visit(const promql::Paren& paren, const Expr&) const { return Walk(*paren.expr); }

  ValueFacts Visit(const promql::Unary& unary, const Expr&) const {
    ValueFacts facts = Walk(*unary.expr);
    if (unary.negative) {
      facts.range = Negative(facts.range);
    }
    return facts;
  }

  ValueFacts Visit(const promql::Binary& binary, const Expr& expr) const {
    ValueFacts left = Walk(*binary.lhs);
    ValueFacts right = Walk(*binary.rhs);
    if (promql::IsSetOperator(binary.op)) {
      return Combine(binary, std::move(left), std::move(right), expr);
    }
    const ValueRange left_range = left.range;
    const ValueRange right_range = right.range;
    const bool fills = binary.matching.fills();
    const bool is_never = !fills && (left.is_never || right.is_never);
    ValueFacts facts = Merge(std::move(left), std::move(right));
    facts.is_never = is_never;
    facts.is_always = false;
    if (!promql::IsComparison(binary.op)) {
      facts.range = Calculate(binary.op, left_range, right_range);
    } else if (binary.return_bool) {
      facts.range = {.low = 0, .high = 1};
      facts.is_always = true;
    } else if (!fills) {
      Compare(binary, left_range, right_range, expr, facts);
    }
    return facts;
  }

  /// A comparison keeps the value of its vector, or of its left side if both are vectors.
  static void Compare(const promql::Binary& binary, const ValueRange& left, const ValueRange& right,
                      const Expr& expr, ValueFacts& facts) {
    const bool is_mirrored = binary.lhs->type() == promql::ValueType::kScalar;
    const ValueRange& value = is_mirrored ? right : left;
    const ValueRange& limit = is_mirrored ? left : right;
    const BinaryOp op = is_mirrored ? Mirrored(binary.op) : binary.op;
    facts.range = value;
    if (!IsPoint(limit)) {
      return;
    }
    facts.range = value.Intersect(Satisfying(op, limit.low));
    const bool is_excluded = op == BinaryOp::kNotEqual && IsPoint(value) && value.low == limit.low;
    if (!facts.is_never && !value.empty() && (facts.range.empty() || is_excluded)) {
      facts.is_never = true;
      facts.never.push_back(fmt::format("\"{}\" never has a result: \"{}\" {}", promql::Print(expr),
                                        promql::Print(is_mirrored ? *binary.rhs : *binary.lhs),
                                        Describe(value)));
    }
  }

  ValueFacts Combine(const promql::Binary& binary, ValueFacts left, ValueFacts right,
                     const Expr& expr) const {
    const bool both_never = left.is_never && right.is_never;
    const bool one_never = left.is_never || right.is_never;
    const bool is_always = left.is_always || (binary.op == BinaryOp::kOr && right.is_always);
    const ValueRange right_range = right.range;
    ValueFacts facts = Merge(std::move(left), std::move(right));
    facts.is_always = is_always && binary.op != BinaryOp::kUnless;
    if (binary.op == BinaryOp::kOr) {
      facts.is_never = both_never;
      facts.range = {.low = std::min(facts.range.low, right_range.low),
                     .high = std::max(facts.range.high, right_range.high)};
    } else if (binary.op == BinaryOp::kAnd) {
      facts.is_always = false;
      facts.is_never = one_never || Contradicts(expr, facts);
    } else if (AreSame(promql::Unwrap(*binary.lhs), promql::Unwrap(*binary.rhs))) {
      facts.is_never = true;
      facts.never.push_back(
          fmt::format("\"{}\" never has a result: both sides are the same", promql::Print(expr)));
    }
    return facts;
  }

  /// Whether both are written alike. Prints them, which takes long, only if they may be.
  static bool AreSame(const Expr& one, const Expr& other) {
    return one.depth == other.depth && one.node.index() == other.node.index() &&
           promql::Print(one) == promql::Print(other);
  }

  /// Whether both sides compare the same with limits that exclude each other.
  static bool Contradicts(const Expr& expr, ValueFacts& facts) {
    std::map<std::string, ValueRange> ranges;
    std::vector<Limit> limits;
    Collect(expr, limits);
    for (const Limit& limit : limits) {
      ValueRange& range = ranges[limit.base];
      range = range.Intersect(Satisfying(limit.op, limit.value));
      if (range.empty()) {
        facts.never.push_back(fmt::format("\"{}\" never has a result: no value of \"{}\" is both",
                                          promql::Print(expr), limit.base));
        return true;
      }
    }
    return false;
  }

  /// The comparisons with numbers that are joined by `and` and so are about the same series.
  static void Collect(const Expr& expr, std::vector<Limit>& limits) {
    const Expr& inner = promql::Unwrap(expr);
    const auto* binary = std::get_if<promql::Binary>(&inner.node);
    const bool is_and = binary != nullptr && binary->op == BinaryOp::kAnd;
    if (is_and && !binary->matching.on && binary->matching.labels.empty()) {
      Collect(*binary->lhs, limits);
      Collect(*binary->rhs, limits);
    } else if (auto limit = FindLimit(inner)) {
      limits.push_back(*std::move(limit));
    }
  }

  ValueFacts Visit(const promql::Call& call, const Expr&) const {
    ValueFacts facts;
    ValueRange first;
    bool is_vector_never = false;
    for (const promql::ExprPtr& argument : call.arguments) {
      ValueFacts inner = Walk(*argument);
      const bool is_vector = argument->type() == promql::ValueType::kVector ||
                             argument->type() == promql::ValueType::kMatrix;
      if (is_vector || call.function->name == "vector") {
        first = inner.range;
        is_vector_never = is_vector_never || inner.is_never;
        facts.is_always = facts.is_always || inner.is_always;
      }
      facts = Merge(std::move(facts), std::move(inner));
    }
    const std::string_view name = call.function->name;
    const bool is_absent = name.starts_with("absent");
    facts.is_never = is_vector_never && !is_absent && name != "scalar";
    facts.is_always = facts.is_always && !is_absent;
    facts.range = RangeOfCall(call, first);
    return facts;
  }

  ValueRange RangeOfCall(const promql::Call& call, const ValueRange& first) const {
    const std::string_view name = call.function->name;
    const auto* const known = std::find_if(std::begin(kFunctionRanges), std::end(kFunctionRanges),
                                           [name](const auto& row) { return row.name == name; });
    if (known != std::end(kFunctionRanges)) {
      return {.low = known->low, .high = known->high};
    }
    const bool chooses = std::find(std::begin(kChoosingFunctions), std::end(kChoosingFunctions),
                                   name) != std::end(kChoosingFunctions);
    return chooses ? first : ValueRange{};
  }

  ValueFacts Visit(const promql::Aggregate& aggregate, const Expr&) const {
    ValueFacts facts = Walk(*aggregate.expr);
    switch (aggregate.op) {
      case AggregateOp::kCount:
      case AggregateOp::kCountValues:
        facts.range = AtLeast(1);
        break;
      case AggregateOp::kGroup:
        facts.range = ValueRange::Exactly(1);
        break;
      case AggregateOp::kStddev:
      case AggregateOp::kStdvar:
        facts.range = AtLeast(0);
        break;
      case AggregateOp::kSum:
        facts.range = IsNotNegative(facts.range) ? AtLeast(0) : ValueRange{};
        break;
      case AggregateOp::kQuantile:
        facts.range = {};
        break;
      default:
        break;  // The values are among those of the series, or between them.
    }
    return facts;
  }

  const Catalogue& catalogue_;
};

/// The value of a number, perhaps with a sign and in parentheses.
std::optional<double> Number(const Expr& expr) {
  const Expr& inner = promql::Unwrap(expr);
  if (const auto* number = std::get_if<promql::NumberLiteral>(&inner.node)) {
    return number->value;
  }
  if (const auto* unary = std::get_if<promql::Unary>(&inner.node)) {
    const std::optional<double> value = Number(*unary->expr);
    return value && unary->negative ? std::optional(-*value) : value;
  }
  return std::nullopt;
}

}  // namespace

ValueRange ValueRange::Intersect(const ValueRange& other) const {
  ValueRange result = *this;
  if (other.low > low || (other.low == low && !other.has_low)) {
    result.low = other.low;
    result.has_low = other.has_low;
  }
  if (other.high < high || (other.high == high && !other.has_high)) {
    result.high = other.high;
    result.has_high = other.has_high;
  }
  return result;
}

ValueFacts FollowValues(const Expr& expr, const Catalogue& catalogue) {
  return ValueWalk(catalogue).Walk(expr);
}

std::optional<Limit> FindLimit(const Expr& expr) {
  const auto* binary = std::get_if<promql::Binary>(&promql::Unwrap(expr).node);
  if (binary == nullptr || !promql::IsComparison(binary->op) || binary->return_bool) {
    return std::nullopt;
  }
  if (const auto value = Number(*binary->rhs)) {
    return Limit{promql::Print(promql::Unwrap(*binary->lhs)), binary->op, *value};
  }
  if (const auto value = Number(*binary->lhs)) {
    return Limit{promql::Print(promql::Unwrap(*binary->rhs)), Mirrored(binary->op), *value};
  }
  return std::nullopt;
}

}  // namespace hakem::ruletools

#include "promql/syntax/duration_expr.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "format/number.h"
#include "model/duration.h"
#include "promql/syntax/query_error.h"

namespace hakem::promql {
namespace {

std::string_view Symbol(DurationOp op) {
  switch (op) {
    case DurationOp::kStep:
      return "step";
    case DurationOp::kRange:
      return "range";
    case DurationOp::kMinOf:
      return "min_of";
    case DurationOp::kMaxOf:
      return "max_of";
    case DurationOp::kPlus:
    case DurationOp::kAdd:
      return "+";
    case DurationOp::kMinus:
    case DurationOp::kSub:
      return "-";
    case DurationOp::kMul:
      return "*";
    case DurationOp::kDiv:
      return "/";
    case DurationOp::kMod:
      return "%";
    case DurationOp::kPow:
      return "^";
    default:
      return "";
  }
}

std::string FormatSeconds(double seconds) {
  return FormatDuration(Duration{std::llround(seconds * 1000)});
}

/// Throws QueryError with Prometheus' message, which includes the expression's byte range.
[[noreturn]] void Refuse(const Position& position, std::string_view message) {
  ThrowQueryError(ErrorCode::kInvalidInput,
                  fmt::format("{}:{}: {}", position.begin, position.end, message));
}

double Divisor(double value, const Position& position, std::string_view message) {
  if (value == 0) {
    Refuse(position, message);
  }
  return value;
}

double Combine(const DurationElement& element, double lhs, double rhs) {
  switch (element.op) {
    case DurationOp::kMinOf:
      return std::min(lhs, rhs);
    case DurationOp::kMaxOf:
      return std::max(lhs, rhs);
    case DurationOp::kAdd:
      return lhs + rhs;
    case DurationOp::kSub:
      return lhs - rhs;
    case DurationOp::kMul:
      return lhs * rhs;
    case DurationOp::kDiv:
      return lhs / Divisor(rhs, element.position, "division by zero");
    case DurationOp::kMod:
      return std::fmod(lhs, Divisor(rhs, element.position, "modulo by zero"));
    case DurationOp::kPow:
      return std::pow(lhs, rhs);
    default:
      return rhs;
  }
}

double Seconds(const DurationExpr& expr, const QueryTimes& times) {
  std::vector<double> values;
  for (const DurationElement& element : expr) {
    switch (element.op) {
      case DurationOp::kNumber:
      case DurationOp::kDuration:
        values.push_back(element.seconds);
        break;
      case DurationOp::kStep:
        values.push_back(ToSeconds(times.step));
        break;
      case DurationOp::kRange:
        values.push_back(ToSeconds(times.end - times.start));
        break;
      case DurationOp::kMinus:
        values.back() = -values.back();
        break;
      case DurationOp::kPlus:
      case DurationOp::kParentheses:
        break;
      default: {
        const double rhs = values.back();
        values.pop_back();
        values.back() = Combine(element, values.back(), rhs);
      }
    }
  }
  return values.back();
}

/// The text around the operands of an element.
struct Layout {
  std::string before;
  std::string between{};  ///< Empty when there is one operand.
  std::string after{};
};

Layout LayoutOf(DurationOp op) {
  const std::string symbol(Symbol(op));
  switch (op) {
    case DurationOp::kMinus:
    case DurationOp::kPlus:
      return {.before = symbol};
    case DurationOp::kParentheses:
      return {.before = "(", .after = ")"};
    case DurationOp::kMinOf:
    case DurationOp::kMaxOf:
      return {.before = symbol + "(", .between = ", ", .after = ")"};
    default:
      return {.before = "", .between = fmt::format(" {} ", symbol)};
  }
}

/// Prints an element without operands; returns nothing for others.
std::optional<std::string> PrintValue(const DurationElement& element) {
  switch (element.op) {
    case DurationOp::kNumber:
      return FormatNumber(element.seconds, NumberForm::kDecimal);
    case DurationOp::kDuration:
      return FormatSeconds(element.seconds);
    case DurationOp::kStep:
    case DurationOp::kRange:
      return fmt::format("{}()", Symbol(element.op));
    default:
      return std::nullopt;
  }
}

/// Text due after an operand, while an expression is printed from its end to its beginning.
struct Pending {
  std::string text;
  bool operand_next;
};

}  // namespace

std::string Print(const DurationExpr& expr) {
  // Print from the end, where each operator comes before its operands, so that no text is copied
  // again for each operator around it.
  std::vector<std::string> texts;
  std::vector<Pending> pending;
  for (auto element = expr.rbegin(); element != expr.rend(); ++element) {
    std::optional<std::string> value = PrintValue(*element);
    if (!value) {
      Layout layout = LayoutOf(element->op);
      texts.push_back(std::move(layout.after));
      pending.push_back({std::move(layout.before), false});
      if (!layout.between.empty()) {
        pending.push_back({std::move(layout.between), true});
      }
      continue;
    }
    texts.push_back(*std::move(value));
    for (bool operand_next = false; !operand_next && !pending.empty(); pending.pop_back()) {
      texts.push_back(std::move(pending.back().text));
      operand_next = pending.back().operand_next;
    }
  }
  return fmt::to_string(fmt::join(texts.rbegin(), texts.rend(), ""));
}

std::string Print(const DurationOrExpr& length) {
  const auto* expr = std::get_if<DurationExpr>(&length);
  return expr != nullptr ? Print(*expr) : FormatDuration(std::get<Duration>(length));
}

Duration Evaluate(const DurationOrExpr& length, const QueryTimes& times, Sign wanted) {
  if (const auto* fixed = std::get_if<Duration>(&length)) {
    return *fixed;
  }
  const auto& expr = std::get<DurationExpr>(length);
  const double seconds = Seconds(expr, times);
  const Position& position = expr.back().position;
  if (wanted == Sign::kPositive && seconds <= 0) {
    Refuse(position, "duration must be greater than 0");
  }
  if (!(std::abs(seconds) <= kMaxDurationSeconds)) {
    Refuse(position, "duration is out of range");
  }
  return Duration{static_cast<Duration::rep>(seconds * 1000)};
}

}  // namespace hakem::promql

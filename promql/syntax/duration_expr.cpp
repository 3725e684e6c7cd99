#include "promql/syntax/duration_expr.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "model/duration.h"
#include "promql/abandon.h"
#include "promql/syntax/format_float.h"

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

/// Says what is wrong with an expression, with the bytes between which it stands, as Prometheus
/// does.
[[noreturn]] void Refuse(const Position& position, std::string_view message) {
  Abandon(ErrorCode::kInvalidInput,
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

}  // namespace

std::string Print(const DurationExpr& expr) {
  std::vector<std::string> texts;
  for (const DurationElement& element : expr) {
    const std::string_view symbol = Symbol(element.op);
    switch (element.op) {
      case DurationOp::kNumber:
        texts.push_back(FormatFloat(element.seconds));
        break;
      case DurationOp::kDuration:
        texts.push_back(FormatSeconds(element.seconds));
        break;
      case DurationOp::kStep:
      case DurationOp::kRange:
        texts.push_back(fmt::format("{}()", symbol));
        break;
      case DurationOp::kMinus:
      case DurationOp::kPlus:
        texts.back() = fmt::format("{}{}", symbol, texts.back());
        break;
      case DurationOp::kParentheses:
        texts.back() = fmt::format("({})", texts.back());
        break;
      default: {
        const std::string rhs = std::move(texts.back());
        texts.pop_back();
        const bool call = element.op == DurationOp::kMinOf || element.op == DurationOp::kMaxOf;
        texts.back() = call ? fmt::format("{}({}, {})", symbol, texts.back(), rhs)
                            : fmt::format("{} {} {}", texts.back(), symbol, rhs);
      }
    }
  }
  return std::move(texts.back());
}

std::string Print(const Length& length) {
  const auto* expr = std::get_if<DurationExpr>(&length);
  return expr != nullptr ? Print(*expr) : FormatDuration(std::get<Duration>(length));
}

Duration Evaluate(const Length& length, const QueryTimes& times, Sign wanted) {
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

#include "rules/alerts/input_window.h"

#include <algorithm>
#include <iterator>
#include <variant>

#include "promql/evaluation/engine_options.h"
#include "promql/syntax/operands.h"

namespace hakem::rules {
namespace {

using promql::Expr;

Duration LengthOf(const promql::DurationOrExpr& duration) {
  const auto* const constant = std::get_if<Duration>(&duration);
  return constant == nullptr ? promql::EngineOptions().lookback : *constant;
}

/// Appends the windows of an expression and of its operands.
void AddWindows(const Expr& expr, InputWindows& windows) {
  const std::size_t before = windows.size();
  promql::ForEachOperand(expr, [&](const Expr& operand) { AddWindows(operand, windows); });
  if (std::holds_alternative<promql::VectorSelector>(expr.node)) {
    windows.push_back(promql::EngineOptions().lookback);
  } else if (const auto* const matrix = std::get_if<promql::MatrixSelector>(&expr.node)) {
    windows.push_back(LengthOf(matrix->range));
  } else if (const auto* const subquery = std::get_if<promql::Subquery>(&expr.node);
             subquery != nullptr && windows.size() > before) {
    windows.push_back(LengthOf(subquery->range));
  }
}

}  // namespace

InputWindows WindowsOf(const Expr& expr) {
  InputWindows windows;
  AddWindows(expr, windows);
  std::sort(windows.begin(), windows.end());
  windows.erase(std::unique(windows.begin(), windows.end()), windows.end());
  return windows;
}

std::optional<Duration> EmptiedWindow(const InputWindows& windows, Duration gap) {
  const auto end = std::find_if(windows.begin(), windows.end(),
                                [gap](Duration window) { return gap <= window / 2; });
  return end == windows.begin() ? std::nullopt : std::optional(*std::prev(end));
}

}  // namespace hakem::rules

#include "rules/alerts/input_window.h"

#include <algorithm>
#include <variant>

#include "promql/evaluation/engine_options.h"

namespace hakem::rules {
namespace {

using promql::Expr;

Duration LengthOf(const promql::DurationOrExpr& duration) {
  const auto* const constant = std::get_if<Duration>(&duration);
  return constant == nullptr ? promql::EngineOptions().lookback : *constant;
}

Duration OffsetOf(const promql::TimeShift& shift) {
  return shift.offset ? std::max(LengthOf(*shift.offset), Duration(0)) : Duration(0);
}

/// Walks an expression and finds the selectors in it.
class Search {
 public:
  /// `before`: how much earlier than the evaluation the expression may be evaluated.
  void Walk(const Expr& expr, Duration before) {
    std::visit([&](const auto& node) { Visit(node, before); }, expr.node);
  }

  const std::optional<InputWindow>& found() const { return found_; }

 private:
  void Visit(const promql::NumberLiteral& /*number*/, Duration /*before*/) {}

  void Visit(const promql::StringLiteral& /*text*/, Duration /*before*/) {}

  void Visit(const promql::VectorSelector& selector, Duration before) {
    Add(promql::EngineOptions().lookback, before + OffsetOf(selector.shift));
  }

  void Visit(const promql::MatrixSelector& matrix, Duration before) {
    Add(LengthOf(matrix.range), before + OffsetOf(matrix.shift));
  }

  void Visit(const promql::Subquery& subquery, Duration before) {
    Walk(*subquery.expr, before + LengthOf(subquery.range) + OffsetOf(subquery.shift));
  }

  void Visit(const promql::Paren& paren, Duration before) { Walk(*paren.expr, before); }

  void Visit(const promql::Unary& unary, Duration before) { Walk(*unary.expr, before); }

  void Visit(const promql::Binary& binary, Duration before) {
    Walk(*binary.lhs, before);
    Walk(*binary.rhs, before);
  }

  void Visit(const promql::Call& call, Duration before) {
    for (const promql::ExprPtr& argument : call.arguments) {
      Walk(*argument, before);
    }
  }

  void Visit(const promql::Aggregate& aggregate, Duration before) {
    if (aggregate.parameter != nullptr) {
      Walk(*aggregate.parameter, before);
    }
    Walk(*aggregate.expr, before);
  }

  void Add(Duration window, Duration before) {
    const InputWindow known = found_.value_or(InputWindow{window, window + before});
    found_ =
        InputWindow{std::min(known.shortest, window), std::max(known.longest, window + before)};
  }

  std::optional<InputWindow> found_;
};

}  // namespace

std::optional<InputWindow> WindowOf(const Expr& expr) {
  Search search;
  search.Walk(expr, Duration(0));
  return search.found();
}

}  // namespace hakem::rules

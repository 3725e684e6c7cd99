#include "ruletools/check/function_types.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <variant>

#include "promql/syntax/function_spec.h"
#include "ruletools/syntax/visit.h"

namespace hakem::ruletools {
namespace {

/// A function for one type of metric, and what to use for the other one.
struct FunctionOfType {
  std::string_view name;
  MetricType type;
  std::string_view instead;
};

constexpr FunctionOfType kFunctions[] = {
    {"rate", MetricType::kCounter, "deriv()"},     {"irate", MetricType::kCounter, "deriv()"},
    {"increase", MetricType::kCounter, "delta()"}, {"resets", MetricType::kCounter, "changes()"},
    {"delta", MetricType::kGauge, "increase()"},   {"idelta", MetricType::kGauge, "irate()"},
};

MetricType TypeOf(const std::string& name, const Catalogue& catalogue) {
  if (const KnownMetric* known = catalogue.Find(name);
      known != nullptr && known->type != MetricType::kUntyped) {
    return known->type;
  }
  return name.ends_with("_total") ? MetricType::kCounter : MetricType::kUntyped;
}

void CheckCall(const promql::Call& call, const Catalogue& catalogue, const OnMistake& on_mistake) {
  const auto* const function =
      std::find_if(std::begin(kFunctions), std::end(kFunctions),
                   [&](const auto& row) { return row.name == call.function->name; });
  if (function == std::end(kFunctions)) {
    return;
  }
  const auto* matrix =
      std::get_if<promql::MatrixSelector>(&promql::Unwrap(*call.arguments.front()).node);
  if (matrix == nullptr) {
    return;
  }
  const MetricType type = TypeOf(matrix->selector.name, catalogue);
  if (type != MetricType::kUntyped && type != function->type) {
    on_mistake(fmt::format("{}() is for {}s, but \"{}\" is a {}: use {}", function->name,
                           ToString(function->type), matrix->selector.name, ToString(type),
                           function->instead));
  }
}

}  // namespace

void CheckFunctionTypes(const promql::Expr& expr, const Catalogue& catalogue,
                        const OnMistake& on_mistake) {
  VisitExprs(expr, [&](const promql::Expr& each) {
    if (const auto* call = std::get_if<promql::Call>(&each.node)) {
      CheckCall(*call, catalogue, on_mistake);
    }
  });
}

}  // namespace hakem::ruletools

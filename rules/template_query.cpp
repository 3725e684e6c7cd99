#include "rules/template_query.h"

#include <variant>

#include "promql/engine.h"
#include "promql/parsing/parser.h"

namespace hakem::rules {
namespace {

using QueryResult = Result<std::vector<gotemplate::QuerySample>>;

QueryResult AsSamples(const promql::Evaluation& evaluation) {
  std::vector<gotemplate::QuerySample> result;
  if (const auto* vector = std::get_if<promql::Vector>(&evaluation.value)) {
    for (const promql::VectorElement& element : *vector) {
      result.push_back({.labels = element.labels, .value = element.value});
    }
    return result;
  }
  if (const auto* scalar = std::get_if<promql::Scalar>(&evaluation.value)) {
    result.push_back({.labels = Labels{}, .value = scalar->value});
    return result;
  }
  return Fail(ErrorCode::kInvalidInput, "rule result is not a vector or scalar");
}

}  // namespace

gotemplate::Environment::Query MakeTemplateQuery(const tsdb::Queryable& samples, Timestamp now,
                                                 const promql::EngineOptions& options) {
  return [&samples, now, options](std::string_view query) -> QueryResult {
    const Result<promql::ExprPtr> expr = promql::Parse(query, options.features);
    if (!expr) {
      return Fail(expr.error());
    }
    return promql::EvaluateInstant(**expr, samples, now, options).and_then(AsSamples);
  };
}

}  // namespace hakem::rules

#include "rules/evaluation/template_query.h"

#include "promql/engine.h"
#include "promql/parsing/parser.h"
#include "rules/evaluation/result_vector.h"

namespace hakem::rules {
namespace {

using QueryResult = Result<std::vector<gotemplate::QuerySample>>;

QueryResult AsSamples(const promql::Vector& vector) {
  std::vector<gotemplate::QuerySample> samples;
  for (const promql::VectorElement& element : vector) {
    samples.push_back({.labels = element.labels, .value = element.value});
  }
  return samples;
}

}  // namespace

gotemplate::Environment::Query MakeTemplateQuery(const tsdb::Queryable& samples, Timestamp now,
                                                 const promql::EngineOptions& options) {
  return [&samples, now, options](std::string_view query) -> QueryResult {
    const Result<promql::ExprPtr> expr = promql::Parse(query, options.features);
    if (!expr) {
      return Fail(expr.error());
    }
    return ResultVector(promql::EvaluateInstant(**expr, samples, now, options)).and_then(AsSamples);
  };
}

}  // namespace hakem::rules

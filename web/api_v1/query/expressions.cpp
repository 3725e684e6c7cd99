#include "web/api_v1/query/expressions.h"

#include <fmt/format.h>

#include "format/json_writer.h"
#include "promql/parsing/parser.h"
#include "promql/syntax/pretty_printer.h"
#include "web/api_v1/json/expression.h"
#include "web/api_v1/request/parameters.h"
#include "web/http/envelope.h"

namespace hakem::web {
namespace {

/// Answers what `write(json, expr)` writes of the parameter `query`.
template <typename Write>
Response AnswerAbout(const Call& call, const Write& write) {
  const Result<promql::ExprPtr> expr =
      promql::Parse(OneOf(call.request, "query"), call.context.features);
  if (!expr) {
    return BadData(fmt::format("invalid parameter \"query\": {}", expr.error().message));
  }
  return ApiSuccess([&](JsonWriter& json) { write(json, **expr); });
}

/// Formats the parameter `query` in canonical form.
Response FormatQuery(const Call& call) {
  return AnswerAbout(call, [](JsonWriter& json, const promql::Expr& expr) {
    json.Value(promql::PrettyPrint(expr));
  });
}

/// The syntax tree of the parameter `query`.
Response ParseQuery(const Call& call) {
  return AnswerAbout(call, WriteExpression);
}

/// An empty list, because exemplars are not stored. Checks the parameters `query`, `start` and
/// `end` all the same.
Response QueryExemplars(const Call& call) {
  const Result<TimeSpan> span = ParseTimeSpan(call.request);
  if (!span) {
    return BadData(span.error().message);
  }
  if (span->end < span->start) {
    return BadData("end timestamp must not be before start timestamp");
  }
  const Result<promql::ExprPtr> expr =
      promql::Parse(OneOf(call.request, "query"), call.context.features);
  return expr ? ApiSuccess([](JsonWriter& json) { json.Array([] {}); })
              : BadData(expr.error().message);
}

constexpr Endpoint kEndpoints[] = {
    {.path = "/api/v1/format_query",
     .methods = Methods::kGetOrPost,
     .kind = Kind::kApi,
     .execution = Execution::kInTurn,
     .answer = FormatQuery},
    {.path = "/api/v1/parse_query",
     .methods = Methods::kGetOrPost,
     .kind = Kind::kApi,
     .execution = Execution::kInTurn,
     .answer = ParseQuery},
    {.path = "/api/v1/query_exemplars",
     .methods = Methods::kGetOrPost,
     .kind = Kind::kApi,
     .execution = Execution::kInTurn,
     .answer = QueryExemplars},
};

}  // namespace

const EndpointTable kExpressionEndpoints = kEndpoints;

}  // namespace hakem::web

#include "web/api_v1/query/expressions.h"

#include <fmt/format.h>

#include "format/json.h"
#include "promql/parsing/parser.h"
#include "promql/syntax/pretty_printer.h"
#include "web/api_v1/json/expression.h"
#include "web/api_v1/request/parameters.h"
#include "web/http/envelope.h"

namespace hakem::web {
namespace {

template <typename Append>
Response AnswerAbout(const Request& request, promql::Features features, const Append& append) {
  const Result<promql::ExprPtr> expr = promql::Parse(OneOf(request, "query"), features);
  if (!expr) {
    return BadData(fmt::format("invalid parameter \"query\": {}", expr.error().message));
  }
  ApiAnswer answer;
  append(answer.data(), **expr);
  return answer.Finish();
}

}  // namespace

Response FormatQueryResponse(const Request& request, promql::Features features) {
  return AnswerAbout(request, features, [](std::string& json, const promql::Expr& expr) {
    AppendJsonString(json, promql::PrettyPrint(expr));
  });
}

Response ParseQueryResponse(const Request& request, promql::Features features) {
  return AnswerAbout(request, features, AppendExpression);
}

Response ExemplarsResponse(const Request& request, promql::Features features) {
  const Result<TimeSpan> span = ParseTimeSpan(request);
  if (!span) {
    return BadData(span.error().message);
  }
  if (span->end < span->start) {
    return BadData("end timestamp must not be before start timestamp");
  }
  const Result<promql::ExprPtr> expr = promql::Parse(OneOf(request, "query"), features);
  return expr ? ApiSuccess("[]") : BadData(expr.error().message);
}

}  // namespace hakem::web

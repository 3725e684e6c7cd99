#include "web/endpoint.h"

#include <optional>
#include <string>
#include <utility>

#include "web/api_v1/query/expressions.h"
#include "web/api_v1/request/parameters.h"
#include "web/exposition/gzip.h"
#include "web/exposition/metrics_handler.h"
#include "web/external_url.h"
#include "web/pages/graph_page.h"

namespace hakem::web {
namespace {

Response InstantQuery(const Handlers& handlers, const Request& request, Duration waited) {
  return handlers.queries.Instant(request, waited);
}

Response FormatQuery(const Handlers& handlers, const Request& request, Duration) {
  return FormatQueryResponse(request, handlers.context.features);
}

void Compress(const Request& request, Response& response) {
  if (response.status == 204) {
    return;  // It has no body.
  }
  response.headers.push_back({"Vary", "Accept-Encoding"});
  if (AcceptsGzip(request.Header("Accept-Encoding"))) {
    response.headers.push_back({"Content-Encoding", "gzip"});
    response.body = std::make_shared<const std::string>(Gzip(*response.body));
  }
}

/// How long a request may take: the parameter `timeout` of Prometheus' API, if it is shorter than
/// the limit. The handler refuses a `timeout` that cannot be parsed.
Duration TimeoutOf(Kind kind, const Request& request, Duration limit) {
  if (kind != Kind::kApi) {
    return limit;
  }
  const Result<std::optional<Duration>> timeout = OptionalDuration(request, "timeout");
  return timeout ? timeout->value_or(limit) : limit;
}

/// Runs an answer as its row says, and compresses it if it is the API's.
Response Run(const Handlers& handlers, Kind kind, Execution execution, Answer answer,
             const Request& request) {
  const auto run = [&](Duration waited) {
    Response response = answer(handlers, request, waited);
    if (kind == Kind::kApi) {
      Compress(request, response);
    }
    return response;
  };
  if (execution == Execution::kAtOnce) {
    return run(Duration(0));
  }
  ClientWork& work = *handlers.context.work;
  return work.Run(request, TimeoutOf(kind, request, work.limits().timeout), run);
}

/// A handler by which the page of expressions asks the API.
Handler ApiInTurn(const Handlers& handlers, Answer answer) {
  return [&handlers, answer](const Request& request) {
    return Run(handlers, Kind::kApi, Execution::kInTurn, answer, request);
  };
}

Handler HandlerOf(const std::shared_ptr<const Handlers>& handlers, const Endpoint& endpoint) {
  if (!endpoint.redirect.empty()) {
    return [location = std::string(handlers->base()).append(endpoint.redirect)](const Request&) {
      return RedirectResponse(location);
    };
  }
  return [handlers, &endpoint](const Request& request) {
    Response response = Run(*handlers, endpoint.kind, endpoint.execution, endpoint.answer, request);
    if (endpoint.kind == Kind::kApi) {
      handlers->cross_origin.Allow(request, response);
    }
    return response;
  };
}

}  // namespace

Handlers::Handlers(const HandlerContext& handler_context, CrossOrigin origins)
    : context(handler_context),
      cross_origin(std::move(origins)),
      queries({.data = context.store,
               .clock = context.clock,
               .stop = context.stop,
               .features = context.features}),
      metrics(MetricsHandler(context)),
      graph(GraphPageHandler({.query = ApiInTurn(*this, InstantQuery),
                              .format_query = ApiInTurn(*this, FormatQuery),
                              .rules = context.rules,
                              .clock = context.clock,
                              .version = context.facts.version,
                              .base = std::string(base())})) {}

std::string_view Handlers::base() const {
  return PathOfUrl(context.facts.external_url);
}

void AddRoutes(const std::shared_ptr<const Handlers>& handlers, const Endpoint& endpoint,
               std::vector<Route>& routes) {
  const Handler handler = HandlerOf(handlers, endpoint);
  if (endpoint.methods != Methods::kPost) {
    routes.push_back({"GET", endpoint.path, handler});
  }
  if (endpoint.methods != Methods::kGet) {
    routes.push_back({"POST", endpoint.path, handler, endpoint.methods == Methods::kGetOrPost});
  }
  if (endpoint.kind == Kind::kApi && handlers->cross_origin.allows_any()) {
    routes.push_back(
        {"OPTIONS", endpoint.path,
         [handlers](const Request& request) { return handlers->cross_origin.Preflight(request); },
         true});
  }
}

}  // namespace hakem::web

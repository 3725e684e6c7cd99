#include "web/endpoint/endpoint.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "model/check.h"
#include "web/api_v1/request/parameters.h"
#include "web/http/gzip.h"

namespace hakem::web {
namespace {

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
Response Run(const HandlerContext& context, const Endpoint& endpoint, const Request& request) {
  const auto run = [&](Duration waited) {
    Response response = endpoint.answer({context, request, waited});
    if (endpoint.kind == Kind::kApi) {
      Compress(request, response);
    }
    return response;
  };
  if (endpoint.execution != Execution::kInTurn) {
    return run(Duration(0));
  }
  ClientWork& work = *context.work;
  return work.Run(request, TimeoutOf(endpoint.kind, request, work.limits().timeout), run);
}

}  // namespace

const Endpoint& EndpointAt(EndpointTable table, std::string_view path) {
  const auto found = std::find_if(table.begin(), table.end(), [path](const Endpoint& endpoint) {
    return endpoint.path == path;
  });
  HAKEM_CHECK(found != table.end());
  return *found;
}

Handler HandlerOf(const HandlerContext& context, const Endpoint& endpoint) {
  if (!endpoint.redirect.empty()) {
    return [location = std::string(context.facts.base()).append(endpoint.redirect)](
               const Request&) { return RedirectResponse(location); };
  }
  if (endpoint.make != nullptr) {
    return endpoint.make(context);
  }
  return [&context, &endpoint](const Request& request) { return Run(context, endpoint, request); };
}

void AddRoutes(const std::shared_ptr<const HandlerContext>& context,
               const std::shared_ptr<const CrossOrigin>& cross_origin, const Endpoint& endpoint,
               std::vector<Route>& routes) {
  const bool is_api = endpoint.kind == Kind::kApi;
  const Handler answer = HandlerOf(*context, endpoint);
  const Handler handler = [context, cross_origin, is_api, answer](const Request& request) {
    Response response = answer(request);
    if (is_api) {
      cross_origin->Allow(request, response);
    }
    return response;
  };
  const auto add = [&](std::string_view method, const Handler& handles) {
    routes.push_back({.method = method,
                      .path = endpoint.path,
                      .handler = handles,
                      .only_reads = endpoint.methods != Methods::kPost,
                      .at_once = endpoint.execution == Execution::kAtOnce});
  };
  if (endpoint.methods != Methods::kPost) {
    add("GET", handler);
  }
  if (endpoint.methods != Methods::kGet) {
    add("POST", handler);
  }
  if (is_api && cross_origin->allows_any()) {
    add("OPTIONS",
        [cross_origin](const Request& request) { return cross_origin->Preflight(request); });
  }
}

}  // namespace hakem::web

#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "web/api_v1/cross_origin.h"
#include "web/api_v1/query/query_handler.h"
#include "web/context/handler_context.h"
#include "web/http/router.h"

namespace hakem::web {

/// What the routes share. Lives as long as the last of them.
struct Handlers {
  Handlers(const HandlerContext& handler_context, CrossOrigin origins);

  /// The path below which people reach the pages, "" or like "/x".
  std::string_view base() const;

  const HandlerContext context;
  const CrossOrigin cross_origin;
  const QueryHandler queries;
  const Handler metrics;
  const Handler graph;
};

/// What an endpoint is part of. This decides how its answers are wrapped.
enum class Kind {
  kPage,  ///< Answered as the handler returns it.
  kApi,   ///< Prometheus' API: compressed on request, and readable by allowed origins.
};

enum class Methods {
  kGet,
  kGetOrPost,  ///< Parameters may also be sent as a form, for long queries. Changes nothing.
  kPost,       ///< Changes something, so that only administrators may do it: admission.h.
};

enum class Execution {
  kAtOnce,  ///< On the server's thread: the cost does not depend on the client.
  kInTurn,  ///< By ClientWork, which bounds time, memory and concurrency.
};

/// Answers a request. `waited` is how long the request has waited for its turn.
using Answer = Response (*)(const Handlers& handlers, const Request& request, Duration waited);

/// A row of the table of endpoints in routes.cpp. Has either `answer` or `redirect`.
struct Endpoint {
  std::string_view path;
  Methods methods = Methods::kGet;
  Kind kind = Kind::kPage;
  Execution execution = Execution::kAtOnce;
  Answer answer = nullptr;
  std::string_view redirect = "";  ///< The path to which clients are redirected.
};

/// Appends the routes of an endpoint, one for each method. `endpoint` outlives them.
void AddRoutes(const std::shared_ptr<const Handlers>& handlers, const Endpoint& endpoint,
               std::vector<Route>& routes);

}  // namespace hakem::web

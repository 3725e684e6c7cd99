#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "web/context/handler_context.h"
#include "web/endpoint/cross_origin.h"
#include "web/http/router.h"

namespace hakem::web {

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
  kAtOnce,   ///< On the server's thread: the cost does not depend on the client. Requests of this
             ///< kind may use all workers; the other kinds leave some free.
  kInTurn,   ///< By ClientWork, which bounds time, memory and concurrency.
  kWaiting,  ///< On the server's thread, which may have to wait for something that takes time.
};

/// A request to an endpoint, and what the answer may read.
struct Call {
  const HandlerContext& context;
  const Request& request;
  Duration waited{0};  ///< How long the request has waited for its turn.
};

using Answer = Response (*)(const Call& call);

/// Makes the handler of an endpoint that keeps something between requests. `context` outlives it.
using MakeHandler = Handler (*)(const HandlerContext& context);

/// A row of a table of endpoints. Has either `answer`, `make` or `redirect`.
struct Endpoint {
  std::string_view path;
  Methods methods = Methods::kGet;
  Kind kind = Kind::kPage;
  Execution execution = Execution::kAtOnce;
  Answer answer = nullptr;
  MakeHandler make = nullptr;
  std::string_view redirect = "";  ///< The path to which clients are redirected.
};

/// The endpoints of one area. Stands at the end of the file that answers them; routes.cpp lists
/// all tables.
using EndpointTable = std::span<const Endpoint>;

/// The row of a path. Requires: the table has one.
const Endpoint& EndpointAt(EndpointTable table, std::string_view path);

/// A handler that answers as the row says. `context` and `endpoint` outlive it.
Handler HandlerOf(const HandlerContext& context, const Endpoint& endpoint);

/// Appends the routes of an endpoint, one for each method. `endpoint` outlives them.
void AddRoutes(const std::shared_ptr<const HandlerContext>& context,
               const std::shared_ptr<const CrossOrigin>& cross_origin, const Endpoint& endpoint,
               std::vector<Route>& routes);

}  // namespace hakem::web

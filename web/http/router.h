#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/instruments.h"
#include "model/log.h"
#include "web/http/admission.h"
#include "web/http/client_log.h"
#include "web/http/http.h"

namespace hakem::web {

/// Requests of this method for this path go to the handler.
struct Route {
  std::string_view method;  ///< "GET" includes HEAD. Outlives the router, as `path` does.
  std::string_view path;    ///< May have one `{name}`, which matches any one segment.
                            ///< Also the label `handler` of hakem_http_requests_total.
  Handler handler;
  bool only_reads = false;  ///< Set for a POST that changes nothing. GET never does.
  bool at_once = false;     ///< Whether the response is there soon, whatever the client sends.

  bool changes() const { return method != "GET" && method != "OPTIONS" && !only_reads; }
};

/// Calls the handler of a request, counts the responses, and answers 500 when a handler throws.
/// Exceptions of requests end here. Immutable and thread-safe.
///
/// An unknown path is answered 404, with the nearest known path, and a wrong method 405 with
/// `Allow`. A request that changes something without permission is answered 403, or 415 for a body
/// that is not JSON, with the reason and the setting (admission.h). Errors below /api/ have the
/// envelope of Prometheus' API; others are plain text.
class Router {
 public:
  /// `instruments` outlives the router. `base` is a path, "" or like "/x", below which all routes
  /// are found too, for a proxy that does not rewrite paths.
  Router(std::vector<Route> routes, Instruments& instruments, Logger log,
         AdminPolicy admin = AdminPolicy::kLocal, std::string base = "");

  /// Never throws.
  Response Handle(const Request& request) const;

  /// Whether the request's route is `at_once`. False for a request without a route. Never throws.
  bool AnswersAtOnce(const Request& request) const;

 private:
  /// The path of a request as the routes have it: without the base, unless a route begins with it.
  std::string_view PathBelowBase(std::string_view path) const;
  /// Null when there is none.
  const Route* Find(std::string_view method, std::string_view path) const;
  const Route* FindPath(std::string_view path) const;
  Response HandleBelowBase(const Request& request) const;
  Response Admit(const Route& route, const Request& request) const;
  Response Answer(const Route& route, const Request& request) const;
  Response NotFound(const Request& request) const;
  Response MethodNotAllowed(const Request& request) const;

  const std::vector<Route> routes_;
  Instruments& instruments_;
  const std::shared_ptr<ClientLog> log_;
  const AdminPolicy admin_;
  const std::string base_;
};

}  // namespace hakem::web

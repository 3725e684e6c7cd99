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

/// One row of the table of pages: requests of this method for this path go to the handler.
struct Route {
  std::string_view method;  ///< "GET" stands for HEAD too. Outlives the router, as `path` does.
  std::string_view path;    ///< With one `{name}` at most, which stands for any one part of it.
                            ///< Also the label `handler` of hakem_http_requests_total.
  Handler handler;
  bool only_reads = false;  ///< Said of a POST that changes nothing; GET never changes anything.

  bool changes() const { return method != "GET" && method != "OPTIONS" && !only_reads; }
};

/// Finds the handler of a request, counts the answer and turns whatever a handler throws into a
/// 500: the one place where an exception of a request ends. Immutable; thread-safe.
///
/// What has no route is answered 404, with the nearest path that has one, and a wrong method 405
/// with `Allow`; what would change something and may not is answered 403, or 415 for a body that is
/// not JSON, with the reason and the setting (admission.h): below /api/ in the envelope of
/// Prometheus' API, elsewhere as plain text.
class Router {
 public:
  /// `instruments` outlives the router. `base`: a path, "" or like "/x", below which every page is
  /// found too, for a proxy that passes requests on as they are.
  Router(std::vector<Route> routes, Instruments& instruments, Logger log,
         AdminPolicy admin = AdminPolicy::kLocal, std::string base = "");

  /// Never throws.
  Response Handle(const Request& request) const;

 private:
  bool IsKnown(std::string_view path) const;
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

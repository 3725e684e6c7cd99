#pragma once

#include <string_view>
#include <vector>

#include "model/instruments.h"
#include "model/log.h"
#include "web/context/handler_context.h"
#include "web/endpoint/cross_origin.h"
#include "web/http/router.h"

namespace hakem::web {

/// How the endpoints are offered.
struct EndpointOptions {
  CrossOrigin cross_origin = {};  ///< Which origins may use Prometheus' API.
  /// The metrics are served here as well as at /metrics. Outlives the router.
  std::string_view telemetry_path = "/metrics";
};

/// The routes of everything that Hakem answers on its port: pages, metrics, health checks for
/// machines, Prometheus' API and operations. docs/http_api.md lists them. The routes share the
/// state that they keep.
std::vector<Route> MakeRoutes(const HandlerContext& context, const EndpointOptions& options = {});

/// A router for all of them, which also finds them below the path of the external URL, if that has
/// one. `instruments` outlives the router.
Router MakeRouter(const HandlerContext& context, const EndpointOptions& options,
                  Instruments& instruments, Logger log, AdminPolicy admin);

}  // namespace hakem::web

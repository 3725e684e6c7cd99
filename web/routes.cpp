#include "web/routes.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "web/api_v1/query/expressions.h"
#include "web/api_v1/query/query_handler.h"
#include "web/api_v1/rules/rules.h"
#include "web/api_v1/series/federate.h"
#include "web/api_v1/series/metadata.h"
#include "web/api_v1/series/series.h"
#include "web/api_v1/status/not_offered.h"
#include "web/api_v1/status/status.h"
#include "web/api_v1/status/targets.h"
#include "web/endpoint/endpoint.h"
#include "web/exposition/metrics_handler.h"
#include "web/health/health_handler.h"
#include "web/health/role_handler.h"
#include "web/operations/operations.h"
#include "web/pages/pages.h"

namespace hakem::web {
namespace {

/// Everything that Hakem answers. Each table stands at the end of the file that answers its paths;
/// docs/http_api.md lists all paths, and a test keeps that list complete. The order has no meaning.
constexpr const EndpointTable* kTables[] = {
    &kPageEndpoints,  // For people, and redirects from the pages of Prometheus.

    // Metrics, health checks and load balancers.
    &kMetricsEndpoints,
    &kHealthEndpoints,
    &kRoleEndpoints,

    &kOperationEndpoints,  // For those who operate Hakem.

    // Prometheus' API.
    &kQueryEndpoints,
    &kExpressionEndpoints,
    &kSeriesEndpoints,
    &kMetadataEndpoints,
    &kFederationEndpoints,
    &kRuleEndpoints,
    &kTargetEndpoints,
    &kStatusEndpoints,
    &kNotOfferedEndpoints,
};

/// Serves the metrics at another path too. It wins over a page that would otherwise be found there.
void AddTelemetryPath(std::string_view path, std::vector<Route>& routes) {
  Route metrics = *std::find_if(routes.begin(), routes.end(),
                                [](const Route& route) { return route.path == kMetricsPath; });
  metrics.path = path;
  std::erase_if(routes, [&](const Route& route) {
    return route.method == metrics.method && route.path == path;
  });
  routes.push_back(std::move(metrics));
}

}  // namespace

std::vector<Route> MakeRoutes(const HandlerContext& context, const EndpointOptions& options) {
  const auto shared_context = std::make_shared<const HandlerContext>(context);
  const auto cross_origin = std::make_shared<const CrossOrigin>(options.cross_origin);
  std::vector<Route> routes;
  for (const EndpointTable* const table : kTables) {
    for (const Endpoint& endpoint : *table) {
      AddRoutes(shared_context, cross_origin, endpoint, routes);
    }
  }
  if (options.telemetry_path != kMetricsPath) {
    AddTelemetryPath(options.telemetry_path, routes);
  }
  return routes;
}

Router MakeRouter(const HandlerContext& context, const EndpointOptions& options,
                  Instruments& instruments, Logger log, AdminPolicy admin) {
  return Router(MakeRoutes(context, options), instruments, std::move(log), admin,
                std::string(context.facts.base()));
}

}  // namespace hakem::web

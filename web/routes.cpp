#include "web/routes.h"

#include <fmt/format.h>

#include <memory>
#include <string>
#include <utility>

#include "model/deep_thread.h"
#include "web/api_v1/query/expressions.h"
#include "web/api_v1/rules/rules.h"
#include "web/api_v1/series/federate.h"
#include "web/api_v1/series/metadata.h"
#include "web/api_v1/series/series.h"
#include "web/api_v1/status/status.h"
#include "web/api_v1/status/targets.h"
#include "web/endpoint.h"
#include "web/external_url.h"
#include "web/health_handler.h"
#include "web/http/envelope.h"
#include "web/landing_page.h"
#include "web/pages/alerts_page.h"
#include "web/pages/page_frame.h"
#include "web/role_handler.h"

namespace hakem::web {
namespace {

Response LandingPage(const Handlers& handlers) {
  const HandlerContext& context = handlers.context;
  const auto snapshot = context.snapshot.Get();
  const auto rules = context.rules.Get();
  const auto targets = context.targets.Get();
  LandingFacts facts{.version = context.facts.version,
                     .now = context.clock.Now(),
                     .snapshot = snapshot.get(),
                     .rules = rules.get(),
                     .base = std::string(handlers.base())};
  if (targets != nullptr) {
    facts.targets = *targets;
  }
  return HtmlResponse(RenderLandingPage(facts));
}

Response AlertsPage(const Handlers& handlers, const Request& request) {
  const auto rules = handlers.context.rules.Get();
  return HtmlResponse(RenderAlertsPage({.version = handlers.context.facts.version,
                                        .now = handlers.context.clock.Now(),
                                        .rules = rules.get(),
                                        .base = std::string(handlers.base())},
                                       request));
}

Response StyleSheet() {
  return {
      .headers = {{"Content-Type", "text/css; charset=utf-8"}, {"Cache-Control", "max-age=300"}},
      .body = std::make_shared<const std::string>(kStyleSheet)};
}

Response RoleOf(const Handlers& handlers, const Request& request, Traffic traffic) {
  const HandlerContext& context = handlers.context;
  return RoleResponse(traffic, context.snapshot.Get().get(), request, context.snapshot_age(),
                      context.max_role_age);
}

/// The status 204 makes a browser close the event stream for good: there are no notifications.
Response NoNotifications() {
  return {.status = 204};
}

/// Answers for a feature of Prometheus that Hakem does not have.
Response NotOffered(std::string_view why) {
  return ApiError(404, "not_found", fmt::format("404 page not found: {}", why));
}

Response Reload(const Handlers& handlers) {
  Result<void> reloaded;
  RunDeep([&] { reloaded = handlers.context.reload(); });  // It parses files and expressions.
  return reloaded ? TextResponse(200, "the configuration was reloaded")
                  : TextResponse(500,
                                 "the configuration was not reloaded, the old one stays in "
                                 "force: " +
                                     reloaded.error().message);
}

/// Everything that Hakem answers. The order has no meaning.
constexpr Endpoint kEndpoints[] = {
    // Pages.
    {.path = "/",
     .execution = Execution::kInTurn,
     .answer = [](const Handlers& handlers, const Request&,
                  Duration) { return LandingPage(handlers); }},
    {.path = "/style.css",
     .answer = [](const Handlers&, const Request&, Duration) { return StyleSheet(); }},
    {.path = "/graph",
     .answer = [](const Handlers& handlers, const Request& request,
                  Duration) { return handlers.graph(request); }},
    {.path = "/query",
     .answer = [](const Handlers& handlers, const Request& request,
                  Duration) { return handlers.graph(request); }},
    {.path = "/alerts",
     .execution = Execution::kInTurn,
     .answer = [](const Handlers& handlers, const Request& request,
                  Duration) { return AlertsPage(handlers, request); }},

    // Pages of Prometheus that links and bookmarks may name, and where to find the same here.
    {.path = "/rules", .redirect = "/alerts"},
    {.path = "/targets", .redirect = "/"},
    {.path = "/config", .redirect = "/api/v1/status/config"},
    {.path = "/flags", .redirect = "/api/v1/status/flags"},
    {.path = "/status", .redirect = "/api/v1/status/runtimeinfo"},
    {.path = "/tsdb-status", .redirect = "/api/v1/status/tsdb"},
    {.path = "/service-discovery", .redirect = "/api/v1/targets"},
    {.path = "/alertmanager-discovery", .redirect = "/api/v1/alertmanagers"},
    {.path = "/alertmanagers", .redirect = "/api/v1/alertmanagers"},

    // Metrics, health checks and load balancers.
    {.path = "/metrics",
     .answer = [](const Handlers& handlers, const Request& request,
                  Duration) { return handlers.metrics(request); }},
    {.path = "/-/healthy",
     .answer =
         [](const Handlers& handlers, const Request&, Duration) {
           return HealthyResponse(handlers.context.loops(), handlers.context.clock.SteadyNow());
         }},
    {.path = "/-/ready",
     .answer = [](const Handlers& handlers, const Request&,
                  Duration) { return ReadyResponse(handlers.context.readiness()); }},
    {.path = "/primary",
     .answer = [](const Handlers& handlers, const Request& request,
                  Duration) { return RoleOf(handlers, request, Traffic::kPrimary); }},
    {.path = "/read-write",
     .answer = [](const Handlers& handlers, const Request& request,
                  Duration) { return RoleOf(handlers, request, Traffic::kPrimary); }},
    {.path = "/replica",
     .answer = [](const Handlers& handlers, const Request& request,
                  Duration) { return RoleOf(handlers, request, Traffic::kReplica); }},
    {.path = "/read-only",
     .answer = [](const Handlers& handlers, const Request& request,
                  Duration) { return RoleOf(handlers, request, Traffic::kReadOnly); }},

    // Operations.
    {.path = "/probe",
     .answer = [](const Handlers& handlers, const Request& request,
                  Duration) { return handlers.context.probe(request); }},
    {.path = "/api/v1/collectors",
     .answer = [](const Handlers& handlers, const Request&,
                  Duration) { return JsonResponse(200, handlers.context.collectors_json()); }},
    {.path = "/-/reload",
     .methods = Methods::kPost,
     .answer = [](const Handlers& handlers, const Request&, Duration) { return Reload(handlers); }},

    // Prometheus' API: queries.
    {.path = "/api/v1/query",
     .methods = Methods::kGetOrPost,
     .kind = Kind::kApi,
     .execution = Execution::kInTurn,
     .answer = [](const Handlers& handlers, const Request& request,
                  Duration waited) { return handlers.queries.Instant(request, waited); }},
    {.path = "/api/v1/query_range",
     .methods = Methods::kGetOrPost,
     .kind = Kind::kApi,
     .execution = Execution::kInTurn,
     .answer = [](const Handlers& handlers, const Request& request,
                  Duration waited) { return handlers.queries.Range(request, waited); }},
    {.path = "/api/v1/query_exemplars",
     .methods = Methods::kGetOrPost,
     .kind = Kind::kApi,
     .execution = Execution::kInTurn,
     .answer = [](const Handlers& handlers, const Request& request,
                  Duration) { return ExemplarsResponse(request, handlers.context.features); }},
    {.path = "/api/v1/format_query",
     .methods = Methods::kGetOrPost,
     .kind = Kind::kApi,
     .execution = Execution::kInTurn,
     .answer = [](const Handlers& handlers, const Request& request,
                  Duration) { return FormatQueryResponse(request, handlers.context.features); }},
    {.path = "/api/v1/parse_query",
     .methods = Methods::kGetOrPost,
     .kind = Kind::kApi,
     .execution = Execution::kInTurn,
     .answer = [](const Handlers& handlers, const Request& request,
                  Duration) { return ParseQueryResponse(request, handlers.context.features); }},

    // Prometheus' API: series and metadata.
    {.path = "/api/v1/series",
     .methods = Methods::kGetOrPost,
     .kind = Kind::kApi,
     .execution = Execution::kInTurn,
     .answer = [](const Handlers& handlers, const Request& request,
                  Duration) { return SeriesResponse(handlers.context.store, request); }},
    {.path = "/api/v1/labels",
     .methods = Methods::kGetOrPost,
     .kind = Kind::kApi,
     .execution = Execution::kInTurn,
     .answer = [](const Handlers& handlers, const Request& request,
                  Duration) { return LabelNamesResponse(handlers.context.store, request); }},
    {.path = "/api/v1/label/{name}/values",
     .kind = Kind::kApi,
     .execution = Execution::kInTurn,
     .answer = [](const Handlers& handlers, const Request& request,
                  Duration) { return LabelValuesResponse(handlers.context.store, request); }},
    {.path = "/api/v1/metadata",
     .kind = Kind::kApi,
     .execution = Execution::kInTurn,
     .answer =
         [](const Handlers& handlers, const Request& request, Duration) {
           return MetadataResponse(handlers.context.snapshot.Get().get(), handlers.context.imported,
                                   request);
         }},
    {.path = "/api/v1/targets/metadata",
     .kind = Kind::kApi,
     .execution = Execution::kInTurn,
     .answer =
         [](const Handlers& handlers, const Request& request, Duration) {
           return TargetMetadataResponse(handlers.context.facts,
                                         handlers.context.snapshot.Get().get(), request);
         }},
    {.path = "/federate",
     .kind = Kind::kApi,
     .execution = Execution::kInTurn,
     .answer =
         [](const Handlers& handlers, const Request& request, Duration) {
           return FederateResponse(handlers.context.store, handlers.context.clock, request);
         }},

    // Prometheus' API: rules, alerts and targets.
    {.path = "/api/v1/rules",
     .kind = Kind::kApi,
     .execution = Execution::kInTurn,
     .answer = [](const Handlers& handlers, const Request& request,
                  Duration) { return RulesResponse(handlers.context.rules.Get().get(), request); }},
    {.path = "/api/v1/alerts",
     .kind = Kind::kApi,
     .execution = Execution::kInTurn,
     .answer = [](const Handlers& handlers, const Request&,
                  Duration) { return AlertsResponse(handlers.context.rules.Get().get()); }},
    {.path = "/api/v1/targets",
     .kind = Kind::kApi,
     .execution = Execution::kInTurn,
     .answer =
         [](const Handlers& handlers, const Request& request, Duration) {
           return TargetsResponse(handlers.context.facts, handlers.context.snapshot.Get().get(),
                                  request);
         }},
    {.path = "/api/v1/scrape_pools",
     .kind = Kind::kApi,
     .answer = [](const Handlers& handlers, const Request&,
                  Duration) { return ScrapePoolsResponse(handlers.context.facts); }},
    {.path = "/api/v1/alertmanagers",
     .kind = Kind::kApi,
     .answer = [](const Handlers&, const Request&, Duration) { return AlertmanagersResponse(); }},
    {.path = "/api/v1/notifications",
     .kind = Kind::kApi,
     .answer = [](const Handlers&, const Request&, Duration) { return ApiSuccess("[]"); }},
    {.path = "/api/v1/notifications/live",
     .kind = Kind::kApi,
     .answer = [](const Handlers&, const Request&, Duration) { return NoNotifications(); }},

    // Prometheus' API: the state of the server.
    {.path = "/api/v1/status/buildinfo",
     .kind = Kind::kApi,
     .answer = [](const Handlers& handlers, const Request&,
                  Duration) { return BuildInfoResponse(handlers.context.facts); }},
    {.path = "/version",
     .kind = Kind::kApi,
     .answer = [](const Handlers& handlers, const Request&,
                  Duration) { return VersionResponse(handlers.context.facts); }},
    {.path = "/api/v1/features",
     .kind = Kind::kApi,
     .answer = [](const Handlers& handlers, const Request&,
                  Duration) { return FeaturesResponse(handlers.context.features); }},
    {.path = "/api/v1/status/walreplay",
     .kind = Kind::kApi,
     .answer = [](const Handlers&, const Request&, Duration) { return WalReplayResponse(); }},
    {.path = "/api/v1/status/config",
     .kind = Kind::kApi,
     .answer = [](const Handlers& handlers, const Request&,
                  Duration) { return ConfigResponse(handlers.context.config_yaml.Get().get()); }},
    {.path = "/api/v1/status/flags",
     .kind = Kind::kApi,
     .answer = [](const Handlers& handlers, const Request&,
                  Duration) { return FlagsResponse(handlers.context.facts); }},
    {.path = "/api/v1/status/tsdb",
     .kind = Kind::kApi,
     .execution = Execution::kInTurn,
     .answer = [](const Handlers& handlers, const Request& request,
                  Duration) { return StoreResponse(handlers.context.store, request); }},
    {.path = "/api/v1/status/runtimeinfo",
     .kind = Kind::kApi,
     .answer =
         [](const Handlers& handlers, const Request&, Duration) {
           return RuntimeInfoResponse(handlers.context.facts,
                                      handlers.context.reload_status.Get().get(),
                                      handlers.context.clock.Now());
         }},

    // Prometheus' API: endpoints that Hakem does not offer.
    {.path = "/api/v1/read",
     .methods = Methods::kGetOrPost,
     .kind = Kind::kApi,
     .answer =
         [](const Handlers&, const Request&, Duration) {
           return NotOffered("remote read is not offered: use /api/v1/query_range or /federate");
         }},
    {.path = "/api/v1/write",
     .methods = Methods::kGetOrPost,
     .kind = Kind::kApi,
     .answer =
         [](const Handlers&, const Request&, Duration) {
           return NotOffered("remote write is not taken: Hakem collects by itself");
         }},
};

}  // namespace

std::vector<Route> MakeRoutes(const HandlerContext& context, const EndpointOptions& options) {
  const auto handlers = std::make_shared<const Handlers>(context, options.cross_origin);
  std::vector<Route> routes;
  for (const Endpoint& endpoint : kEndpoints) {
    AddRoutes(handlers, endpoint, routes);
  }
  if (options.telemetry_path != "/metrics") {
    // The configured path wins over a page that would otherwise be found there.
    std::erase_if(routes, [&](const Route& route) {
      return route.method == "GET" && route.path == options.telemetry_path;
    });
    routes.push_back({"GET", options.telemetry_path, handlers->metrics});
  }
  return routes;
}

Router MakeRouter(const HandlerContext& context, const EndpointOptions& options,
                  Instruments& instruments, Logger log, AdminPolicy admin) {
  return Router(MakeRoutes(context, options), instruments, std::move(log), admin,
                std::string(PathOfUrl(context.facts.external_url)));
}

}  // namespace hakem::web

#include "web/prometheus_api/routes.h"

#include <fmt/format.h>

#include <memory>
#include <string_view>
#include <utility>

#include "web/exposition/gzip.h"
#include "web/prometheus_api/envelope.h"
#include "web/prometheus_api/query/expressions.h"
#include "web/prometheus_api/query/query_handler.h"
#include "web/prometheus_api/rules/rules.h"
#include "web/prometheus_api/series/federate.h"
#include "web/prometheus_api/series/metadata.h"
#include "web/prometheus_api/series/series.h"
#include "web/prometheus_api/status/status.h"
#include "web/prometheus_api/status/targets.h"

namespace hakem::web {
namespace {

/// What the handlers share; lives as long as the last of them.
struct Api {
  explicit Api(const PrometheusApiDeps& api_deps)
      : deps(api_deps),
        queries({.data = deps.store,
                 .clock = deps.clock,
                 .stop = deps.stop,
                 .features = deps.features}) {}

  const PrometheusApiDeps deps;
  QueryHandler queries;
};

using Answer = Response (*)(Api& api, const Request& request);

/// 204 ends an event stream for good: there is never a notification to wait for.
Response NothingToFollow() {
  return {.status = 204};
}

/// What Prometheus has and Hakem does not.
Response NotOffered(std::string_view why) {
  return ApiError(404, "not_found", fmt::format("404 page not found: {}", why));
}

struct Endpoint {
  std::string_view path;
  bool also_post;  ///< Parameters may come as a form, as those of long queries do.
  Answer answer;
};

constexpr Endpoint kEndpoints[] = {
    {"/api/v1/query", true,
     [](Api& api, const Request& request) { return api.queries.Instant(request); }},
    {"/api/v1/query_range", true,
     [](Api& api, const Request& request) { return api.queries.Range(request); }},
    {"/api/v1/query_exemplars", true,
     [](Api& api, const Request& request) {
       return ExemplarsResponse(request, api.deps.features);
     }},
    {"/api/v1/format_query", true,
     [](Api& api, const Request& request) {
       return FormatQueryResponse(request, api.deps.features);
     }},
    {"/api/v1/parse_query", true,
     [](Api& api, const Request& request) {
       return ParseQueryResponse(request, api.deps.features);
     }},
    {"/api/v1/series", true,
     [](Api& api, const Request& request) { return SeriesResponse(api.deps.store, request); }},
    {"/api/v1/labels", true,
     [](Api& api, const Request& request) { return LabelNamesResponse(api.deps.store, request); }},
    {"/api/v1/label/{name}/values", false,
     [](Api& api, const Request& request) { return LabelValuesResponse(api.deps.store, request); }},
    {"/api/v1/metadata", false,
     [](Api& api, const Request& request) {
       return MetadataResponse(api.deps.snapshot.Get().get(), api.deps.imported, request);
     }},
    {"/api/v1/targets/metadata", false,
     [](Api& api, const Request& request) {
       return TargetMetadataResponse(api.deps.facts, api.deps.snapshot.Get().get(), request);
     }},
    {"/api/v1/scrape_pools", false,
     [](Api& api, const Request&) { return ScrapePoolsResponse(api.deps.facts); }},
    {"/api/v1/notifications", false, [](Api&, const Request&) { return ApiSuccess("[]"); }},
    {"/api/v1/notifications/live", false, [](Api&, const Request&) { return NothingToFollow(); }},
    {"/api/v1/rules", false,
     [](Api& api, const Request& request) {
       return RulesResponse(api.deps.rules.Get().get(), request);
     }},
    {"/api/v1/alerts", false,
     [](Api& api, const Request&) { return AlertsResponse(api.deps.rules.Get().get()); }},
    {"/api/v1/targets", false,
     [](Api& api, const Request& request) {
       return TargetsResponse(api.deps.facts, api.deps.snapshot.Get().get(), request);
     }},
    {"/api/v1/alertmanagers", false, [](Api&, const Request&) { return AlertmanagersResponse(); }},
    {"/api/v1/status/buildinfo", false,
     [](Api& api, const Request&) { return BuildInfoResponse(api.deps.facts); }},
    {"/version", false, [](Api& api, const Request&) { return VersionResponse(api.deps.facts); }},
    {"/api/v1/features", false,
     [](Api& api, const Request&) { return FeaturesResponse(api.deps.features); }},
    {"/api/v1/status/walreplay", false, [](Api&, const Request&) { return WalReplayResponse(); }},
    {"/api/v1/status/config", false,
     [](Api& api, const Request&) { return ConfigResponse(api.deps.config_yaml.Get().get()); }},
    {"/api/v1/status/flags", false,
     [](Api& api, const Request&) { return FlagsResponse(api.deps.facts); }},
    {"/api/v1/status/tsdb", false,
     [](Api& api, const Request& request) { return StoreResponse(api.deps.store, request); }},
    {"/api/v1/status/runtimeinfo", false,
     [](Api& api, const Request&) {
       const auto reload = api.deps.reload == nullptr ? nullptr : api.deps.reload->Get();
       return RuntimeInfoResponse(api.deps.facts, reload.get(), api.deps.clock.Now());
     }},
    {"/federate", false,
     [](Api& api, const Request& request) {
       return FederateResponse(api.deps.store, api.deps.clock, request);
     }},
    {"/api/v1/read", true,
     [](Api&, const Request&) {
       return NotOffered("remote read is not offered: use /api/v1/query_range or /federate");
     }},
    {"/api/v1/write", true,
     [](Api&, const Request&) {
       return NotOffered("remote write is not taken: Hakem collects by itself");
     }},
};

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

}  // namespace

std::vector<Route> PrometheusApiRoutes(const PrometheusApiDeps& deps) {
  const auto api = std::make_shared<Api>(deps);
  std::vector<Route> routes;
  for (const Endpoint& endpoint : kEndpoints) {
    const Handler handler = [api, answer = endpoint.answer](const Request& request) {
      Response response = answer(*api, request);
      api->deps.cross_origin.Allow(request, response);
      Compress(request, response);
      return response;
    };
    routes.push_back({"GET", endpoint.path, handler});
    if (endpoint.also_post) {
      routes.push_back({"POST", endpoint.path, handler, true});
    }
    if (deps.cross_origin.allows_any()) {
      routes.push_back(
          {"OPTIONS", endpoint.path,
           [api](const Request& request) { return api->deps.cross_origin.Preflight(request); },
           true});
    }
  }
  return routes;
}

}  // namespace hakem::web

#include "web/api_v1/routes.h"

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "web/api_v1/query/expressions.h"
#include "web/api_v1/query/query_handler.h"
#include "web/api_v1/request/parameters.h"
#include "web/api_v1/rules/rules.h"
#include "web/api_v1/series/federate.h"
#include "web/api_v1/series/metadata.h"
#include "web/api_v1/series/series.h"
#include "web/api_v1/status/status.h"
#include "web/api_v1/status/targets.h"
#include "web/exposition/gzip.h"
#include "web/http/envelope.h"

namespace hakem::web {
namespace {

/// What the handlers share; lives as long as the last of them.
struct Api {
  explicit Api(const PrometheusApiDeps& api_deps)
      : deps(api_deps),
        queries({.data = deps.store,
                 .clock = deps.clock,
                 .stop = deps.stop,
                 .features = deps.features}),
        work(deps.work != nullptr
                 ? deps.work
                 : std::make_shared<ClientWork>(WorkLimits(), deps.clock, deps.stop)) {}

  const PrometheusApiDeps deps;
  const QueryHandler queries;
  const std::shared_ptr<ClientWork> work;
};

using Answer = Response (*)(const Api& api, const Request& request, Duration waited);

/// Whether an answer's cost is up to the client, so that it has to wait for its turn.
enum class Cost { kFixed, kClients };

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
  Cost cost = Cost::kClients;
};

constexpr Endpoint kEndpoints[] = {
    {"/api/v1/query", true,
     [](const Api& api, const Request& request, Duration waited) {
       return api.queries.Instant(request, waited);
     }},
    {"/api/v1/query_range", true,
     [](const Api& api, const Request& request, Duration waited) {
       return api.queries.Range(request, waited);
     }},
    {"/api/v1/query_exemplars", true,
     [](const Api& api, const Request& request, Duration) {
       return ExemplarsResponse(request, api.deps.features);
     }},
    {"/api/v1/format_query", true,
     [](const Api& api, const Request& request, Duration) {
       return FormatQueryResponse(request, api.deps.features);
     }},
    {"/api/v1/parse_query", true,
     [](const Api& api, const Request& request, Duration) {
       return ParseQueryResponse(request, api.deps.features);
     }},
    {"/api/v1/series", true,
     [](const Api& api, const Request& request, Duration) {
       return SeriesResponse(api.deps.store, request);
     }},
    {"/api/v1/labels", true,
     [](const Api& api, const Request& request, Duration) {
       return LabelNamesResponse(api.deps.store, request);
     }},
    {"/api/v1/label/{name}/values", false,
     [](const Api& api, const Request& request, Duration) {
       return LabelValuesResponse(api.deps.store, request);
     }},
    {"/api/v1/metadata", false,
     [](const Api& api, const Request& request, Duration) {
       return MetadataResponse(api.deps.snapshot.Get().get(), api.deps.imported, request);
     }},
    {"/api/v1/targets/metadata", false,
     [](const Api& api, const Request& request, Duration) {
       return TargetMetadataResponse(api.deps.facts, api.deps.snapshot.Get().get(), request);
     }},
    {"/api/v1/scrape_pools", false,
     [](const Api& api, const Request&, Duration) { return ScrapePoolsResponse(api.deps.facts); },
     Cost::kFixed},
    {"/api/v1/notifications", false,
     [](const Api&, const Request&, Duration) { return ApiSuccess("[]"); }, Cost::kFixed},
    {"/api/v1/notifications/live", false,
     [](const Api&, const Request&, Duration) { return NothingToFollow(); }, Cost::kFixed},
    {"/api/v1/rules", false,
     [](const Api& api, const Request& request, Duration) {
       return RulesResponse(api.deps.rules.Get().get(), request);
     }},
    {"/api/v1/alerts", false,
     [](const Api& api, const Request&, Duration) {
       return AlertsResponse(api.deps.rules.Get().get());
     }},
    {"/api/v1/targets", false,
     [](const Api& api, const Request& request, Duration) {
       return TargetsResponse(api.deps.facts, api.deps.snapshot.Get().get(), request);
     }},
    {"/api/v1/alertmanagers", false,
     [](const Api&, const Request&, Duration) { return AlertmanagersResponse(); }, Cost::kFixed},
    {"/api/v1/status/buildinfo", false,
     [](const Api& api, const Request&, Duration) { return BuildInfoResponse(api.deps.facts); },
     Cost::kFixed},
    {"/version", false,
     [](const Api& api, const Request&, Duration) { return VersionResponse(api.deps.facts); },
     Cost::kFixed},
    {"/api/v1/features", false,
     [](const Api& api, const Request&, Duration) { return FeaturesResponse(api.deps.features); },
     Cost::kFixed},
    {"/api/v1/status/walreplay", false,
     [](const Api&, const Request&, Duration) { return WalReplayResponse(); }, Cost::kFixed},
    {"/api/v1/status/config", false,
     [](const Api& api, const Request&, Duration) {
       return ConfigResponse(api.deps.config_yaml.Get().get());
     },
     Cost::kFixed},
    {"/api/v1/status/flags", false,
     [](const Api& api, const Request&, Duration) { return FlagsResponse(api.deps.facts); },
     Cost::kFixed},
    {"/api/v1/status/tsdb", false,
     [](const Api& api, const Request& request, Duration) {
       return StoreResponse(api.deps.store, request);
     }},
    {"/api/v1/status/runtimeinfo", false,
     [](const Api& api, const Request&, Duration) {
       const auto reload = api.deps.reload == nullptr ? nullptr : api.deps.reload->Get();
       return RuntimeInfoResponse(api.deps.facts, reload.get(), api.deps.clock.Now());
     },
     Cost::kFixed},
    {"/federate", false,
     [](const Api& api, const Request& request, Duration) {
       return FederateResponse(api.deps.store, api.deps.clock, request);
     }},
    {"/api/v1/read", true,
     [](const Api&, const Request&, Duration) {
       return NotOffered("remote read is not offered: use /api/v1/query_range or /federate");
     },
     Cost::kFixed},
    {"/api/v1/write", true,
     [](const Api&, const Request&, Duration) {
       return NotOffered("remote write is not taken: Hakem collects by itself");
     },
     Cost::kFixed},
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

Response AnswerAtOnce(const Api& api, const Endpoint& endpoint, const Request& request,
                      Duration waited = Duration(0)) {
  Response response = endpoint.answer(api, request, waited);
  Compress(request, response);
  return response;
}

Response AnswerInTurn(const Api& api, const Endpoint& endpoint, const Request& request) {
  // One that cannot be read is told where the other parameters are read.
  const Result<std::optional<Duration>> timeout = OptionalDuration(request, "timeout");
  const Duration most = api.work->limits().timeout;
  return api.work->Run(request, timeout ? timeout->value_or(most) : most, [&](Duration waited) {
    return AnswerAtOnce(api, endpoint, request, waited);
  });
}

}  // namespace

std::vector<Route> PrometheusApiRoutes(const PrometheusApiDeps& deps) {
  const auto api = std::make_shared<const Api>(deps);
  std::vector<Route> routes;
  for (const Endpoint& endpoint : kEndpoints) {
    const Handler handler = [api, &endpoint](const Request& request) {
      Response response = endpoint.cost == Cost::kFixed ? AnswerAtOnce(*api, endpoint, request)
                                                        : AnswerInTurn(*api, endpoint, request);
      api->deps.cross_origin.Allow(request, response);
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

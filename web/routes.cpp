#include "web/routes.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "web/exposition/metrics_handler.h"
#include "web/external_url.h"
#include "web/landing_page.h"
#include "web/pages/alerts_page.h"
#include "web/pages/graph_page.h"
#include "web/pages/page_frame.h"
#include "web/role_handler.h"

namespace hakem::web {
namespace {

/// The path below which people reach the pages, "" or like "/x".
std::string_view BaseOf(const Deps& deps) {
  return PathOfUrl(deps.api.facts.external_url);
}

Response Landing(const Deps& deps) {
  const auto snapshot = deps.snapshot.Get();
  const auto rules = deps.rules.Get();
  const auto targets = deps.targets.Get();
  LandingFacts facts{.version = deps.version,
                     .now = deps.clock.Now(),
                     .snapshot = snapshot.get(),
                     .rules = rules.get(),
                     .base = std::string(BaseOf(deps))};
  if (targets != nullptr) {
    facts.targets = *targets;
  }
  return HtmlResponse(RenderLandingPage(facts));
}

Response StyleSheet(const Request&) {
  return {
      .headers = {{"Content-Type", "text/css; charset=utf-8"}, {"Cache-Control", "max-age=300"}},
      .body = std::make_shared<const std::string>(kStyleSheet)};
}

Response Alerts(const Deps& deps, const Request& request) {
  const auto rules = deps.rules.Get();
  return HtmlResponse(RenderAlertsPage({.version = deps.version,
                                        .now = deps.clock.Now(),
                                        .rules = rules.get(),
                                        .base = std::string(BaseOf(deps))},
                                       request));
}

/// A page of Prometheus that links and bookmarks may name, and where the same stands here.
struct Elsewhere {
  std::string_view path;
  std::string_view target;
};

constexpr Elsewhere kElsewhere[] = {{"/rules", "/alerts"},
                                    {"/targets", "/"},
                                    {"/config", "/api/v1/status/config"},
                                    {"/flags", "/api/v1/status/flags"},
                                    {"/status", "/api/v1/status/runtimeinfo"},
                                    {"/tsdb-status", "/api/v1/status/tsdb"},
                                    {"/service-discovery", "/api/v1/targets"},
                                    {"/alertmanager-discovery", "/api/v1/alertmanagers"},
                                    {"/alertmanagers", "/api/v1/alertmanagers"}};

void AddPages(const Deps& deps, const std::shared_ptr<ClientWork>& work,
              const std::vector<Route>& api, std::vector<Route>& routes) {
  const auto answers = [&api](std::string_view path) {
    return std::find_if(
               api.begin(), api.end(),
               [&](const Route& route) { return route.path == path && route.method == "GET"; })
        ->handler;
  };
  const Handler graph = GraphPageHandler({.query = answers("/api/v1/query"),
                                          .format_query = answers("/api/v1/format_query"),
                                          .rules = deps.rules,
                                          .clock = deps.clock,
                                          .version = deps.version,
                                          .base = std::string(BaseOf(deps))});
  routes.push_back({"GET", "/graph", graph});
  routes.push_back({"GET", "/query", graph});
  routes.push_back({"GET", "/alerts", [deps, work](const Request& request) {
                      return work->Run(request, work->limits().timeout,
                                       [&](Duration) { return Alerts(deps, request); });
                    }});
  for (const Elsewhere& page : kElsewhere) {
    routes.push_back(
        {"GET", page.path, [to = std::string(BaseOf(deps)).append(page.target)](const Request&) {
           return RedirectResponse(to);
         }});
  }
}

Handler RoleHandler(const Deps& deps, Traffic traffic) {
  return [deps, traffic](const Request& request) {
    return RoleResponse(traffic, deps.snapshot.Get().get(), request, deps.snapshot_age(),
                        deps.hold);
  };
}

}  // namespace

Router MakeRouter(const Deps& deps) {
  const auto work = deps.api.work != nullptr
                        ? deps.api.work
                        : std::make_shared<ClientWork>(WorkLimits(), deps.clock, deps.api.stop);
  const Handler metrics = MetricsHandler({.snapshot = deps.snapshot,
                                          .clock = deps.clock,
                                          .collectors = deps.collectors,
                                          .collect_now = deps.collect_now,
                                          .work = work});
  std::vector<Route> routes{
      {"GET", "/",
       [deps, work](const Request& request) {
         return work->Run(request, work->limits().timeout, [&](Duration) { return Landing(deps); });
       }},
      {"GET", "/style.css", StyleSheet},
      {"GET", "/metrics", metrics},
      {"GET", "/-/healthy",
       [deps](const Request&) { return HealthyResponse(deps.loops(), deps.clock.SteadyNow()); }},
      {"GET", "/-/ready", [deps](const Request&) { return ReadyResponse(deps.readiness()); }},
      {"GET", "/primary", RoleHandler(deps, Traffic::kPrimary)},
      {"GET", "/read-write", RoleHandler(deps, Traffic::kPrimary)},
      {"GET", "/replica", RoleHandler(deps, Traffic::kReplica)},
      {"GET", "/read-only", RoleHandler(deps, Traffic::kReadOnly)},
  };
  PrometheusApiDeps api_deps = deps.api;
  api_deps.work = work;
  std::vector<Route> api = PrometheusApiRoutes(api_deps);
  AddPages(deps, work, api, routes);
  std::move(api.begin(), api.end(), std::back_inserter(routes));
  routes.insert(routes.end(), deps.more.begin(), deps.more.end());
  if (deps.telemetry_path != "/metrics") {
    // Whoever names a path wants the metrics there, and not the page that is there otherwise.
    std::erase_if(routes, [&](const Route& route) {
      return route.method == "GET" && route.path == deps.telemetry_path;
    });
    routes.push_back({"GET", deps.telemetry_path, metrics});
  }
  return Router(std::move(routes), deps.instruments, deps.log, deps.admin,
                std::string(BaseOf(deps)));
}

}  // namespace hakem::web

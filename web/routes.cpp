#include "web/routes.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "web/exposition/metrics_handler.h"
#include "web/landing_page.h"
#include "web/role_handler.h"

namespace hakem::web {
namespace {

Response Landing(const Deps& deps) {
  const auto snapshot = deps.snapshot.Get();
  const auto rules = deps.rules.Get();
  const auto targets = deps.targets.Get();
  LandingFacts facts{.version = deps.version,
                     .now = deps.clock.Now(),
                     .snapshot = snapshot.get(),
                     .rules = rules.get()};
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

Handler RoleHandler(const Deps& deps, Traffic traffic) {
  return [deps, traffic](const Request& request) {
    return RoleResponse(traffic, deps.snapshot.Get().get(), request, deps.clock.Now(), deps.hold);
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
  std::move(api.begin(), api.end(), std::back_inserter(routes));
  routes.insert(routes.end(), deps.more.begin(), deps.more.end());
  if (deps.telemetry_path != "/metrics") {
    routes.push_back({"GET", deps.telemetry_path, metrics});
  }
  return Router(std::move(routes), deps.instruments, deps.log, deps.admin);
}

}  // namespace hakem::web

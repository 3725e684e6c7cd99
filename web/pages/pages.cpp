#include "web/pages/pages.h"

#include <memory>
#include <string>
#include <utility>

#include "web/api_v1/query/expressions.h"
#include "web/api_v1/query/query_handler.h"
#include "web/pages/alerts_page.h"
#include "web/pages/graph_page.h"
#include "web/pages/landing_page.h"
#include "web/pages/page_frame.h"
#include "web/pages/runbook_page.h"

namespace hakem::web {
namespace {

Response ShowLandingPage(const Call& call) {
  const HandlerContext& context = call.context;
  const auto snapshot = context.snapshot.Get();
  const auto rules = context.rules.Get();
  const auto targets = context.targets.Get();
  LandingFacts facts{.version = context.facts.version,
                     .now = context.clock.Now(),
                     .snapshot = snapshot.get(),
                     .rules = rules.get(),
                     .base = std::string(context.facts.base())};
  if (targets != nullptr) {
    facts.targets = *targets;
  }
  return HtmlResponse(RenderLandingPage(facts));
}

Response ShowAlertsPage(const Call& call) {
  const HandlerContext& context = call.context;
  const auto rules = context.rules.Get();
  return HtmlResponse(RenderAlertsPage({.version = context.facts.version,
                                        .now = context.clock.Now(),
                                        .rules = rules.get(),
                                        .base = std::string(context.facts.base())},
                                       call.request));
}

/// The page asks the API, so that its expressions wait for their turn and have the usual limits.
Handler MakeGraphPage(const HandlerContext& context) {
  return GraphPageHandler(
      {.query = HandlerOf(context, EndpointAt(kQueryEndpoints, "/api/v1/query")),
       .format_query = HandlerOf(context, EndpointAt(kExpressionEndpoints, "/api/v1/format_query")),
       .rules = context.rules,
       .clock = context.clock,
       .version = context.facts.version,
       .base = std::string(context.facts.base())});
}

/// The page never changes, so it is rendered once.
Handler MakeRunbookPage(const HandlerContext& context) {
  Response page = HtmlResponse(RenderRunbookPage(
      kRunbook, {.version = context.facts.version, .base = std::string(context.facts.base())}));
  return [page = std::move(page)](const Request&) { return page; };
}

Response ShowStyleSheet(const Call&) {
  return {
      .headers = {{"Content-Type", "text/css; charset=utf-8"}, {"Cache-Control", "max-age=300"}},
      .body = std::make_shared<const std::string>(kStyleSheet)};
}

constexpr Endpoint kEndpoints[] = {
    {.path = "/", .execution = Execution::kInTurn, .answer = ShowLandingPage},
    {.path = "/alerts", .execution = Execution::kInTurn, .answer = ShowAlertsPage},
    {.path = "/graph", .execution = Execution::kWaiting, .make = MakeGraphPage},
    {.path = "/query", .execution = Execution::kWaiting, .make = MakeGraphPage},
    {.path = "/runbook", .make = MakeRunbookPage},
    {.path = "/style.css", .answer = ShowStyleSheet},

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
};

}  // namespace

const EndpointTable kPageEndpoints = kEndpoints;

}  // namespace hakem::web

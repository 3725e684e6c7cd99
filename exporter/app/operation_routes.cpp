#include "exporter/app/operation_routes.h"

#include "exporter/scrape/collectors_json.h"
#include "model/deep_thread.h"

namespace hakem::exporter {

std::vector<web::Route> OperationRoutes(const OperationDeps& deps) {
  return {{"GET", "/probe",
           [&probe = deps.probe](const web::Request& request) { return probe.Handle(request); }},
          {"GET", "/api/v1/collectors",
           [&status = deps.status, &clock = deps.clock](const web::Request&) {
             const auto known = status.Get();
             return web::JsonResponse(
                 200, CollectorsJson(known == nullptr ? TargetStatus() : *known, clock.Now()));
           }},
          {"POST", "/-/reload", [reload = deps.reload](const web::Request&) {
             Result<void> reloaded;
             RunDeep([&] { reloaded = reload(); });  // It parses files and expressions.
             return reloaded ? web::TextResponse(200, "the configuration was reloaded")
                             : web::TextResponse(500, "the configuration in force stays: " +
                                                          reloaded.error().message);
           }}};
}

}  // namespace hakem::exporter

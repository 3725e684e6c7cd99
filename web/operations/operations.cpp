#include "web/operations/operations.h"

#include "model/deep_thread.h"

namespace hakem::web {
namespace {

Response Reload(const Call& call) {
  Result<void> reloaded;
  RunDeep([&] { reloaded = call.context.reload(); });  // It parses files and expressions.
  return reloaded ? TextResponse(200, "the configuration was reloaded")
                  : TextResponse(500,
                                 "the configuration was not reloaded, the old one stays in "
                                 "force: " +
                                     reloaded.error().message);
}

constexpr Endpoint kEndpoints[] = {
    {.path = "/probe",
     .execution = Execution::kWaiting,
     .answer = [](const Call& call) { return call.context.probe(call.request); }},
    {.path = "/api/v1/collectors",
     .answer = [](const Call& call) { return JsonResponse(200, call.context.collectors_json()); }},
    {.path = "/-/reload",
     .methods = Methods::kPost,
     .execution = Execution::kWaiting,
     .answer = Reload},
};

}  // namespace

const EndpointTable kOperationEndpoints = kEndpoints;

}  // namespace hakem::web

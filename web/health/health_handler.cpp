#include "web/health/health_handler.h"

#include <fmt/format.h>

#include <algorithm>

namespace hakem::web {
namespace {

constexpr Endpoint kEndpoints[] = {
    {.path = "/-/healthy",
     .answer =
         [](const Call& call) {
           return HealthyResponse(call.context.loops(), call.context.clock.SteadyNow());
         }},
    {.path = "/-/ready",
     .answer = [](const Call& call) { return ReadyResponse(call.context.readiness()); }},
};

}  // namespace

const EndpointTable kHealthEndpoints = kEndpoints;

Response HealthyResponse(std::span<const LoopStatus> loops, SteadyTime now) {
  const auto stuck = std::find_if(loops.begin(), loops.end(), [&](const LoopStatus& loop) {
    return now - loop.last > kLoopIsStuckAfter;
  });
  if (stuck == loops.end()) {
    return TextResponse(200, "Hakem is healthy.");
  }
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - stuck->last).count();
  return TextResponse(503, fmt::format("Hakem is not healthy: the {} has been stuck for {} s.",
                                       stuck->name, seconds));
}

Response ReadyResponse(const Readiness& readiness) {
  if (!readiness.configuration_loaded) {
    return TextResponse(503, "Hakem is not ready: the configuration is being loaded.");
  }
  if (!readiness.first_collection_tried) {
    return TextResponse(503, "Hakem is not ready: the first collection is under way.");
  }
  return TextResponse(200, "Hakem is ready.");
}

}  // namespace hakem::web

#pragma once

#include <span>

#include "model/time.h"
#include "web/context/program_facts.h"
#include "web/endpoint/endpoint.h"
#include "web/http/http.h"

namespace hakem::web {

/// The health checks of the program, such as `/-/healthy`.
extern const EndpointTable kHealthEndpoints;

/// A loop whose last iteration ended longer ago than this is stuck.
inline constexpr Duration kLoopIsStuckAfter = std::chrono::seconds(60);

/// `/-/healthy`: 200 unless a loop is stuck, else 503 with the first stuck loop. Does not depend on
/// the database.
Response HealthyResponse(std::span<const LoopStatus> loops, SteadyTime now);

/// `/-/ready`: 200 once the start is complete, else 503 with the step that is missing. The database
/// need not be reachable.
Response ReadyResponse(const Readiness& readiness);

}  // namespace hakem::web

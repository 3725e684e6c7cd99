#pragma once

#include <span>

#include "model/time.h"
#include "web/context/program_facts.h"
#include "web/http/http.h"

namespace hakem::web {

/// A loop that has not come round for longer is stuck.
inline constexpr Duration kLoopIsStuckAfter = std::chrono::seconds(60);

/// `/-/healthy`: 200 while no loop is stuck, else 503 with the first one that is. Does not depend
/// on the database.
Response HealthyResponse(std::span<const LoopStatus> loops, SteadyTime now);

/// `/-/ready`: 200 once everything is done, 503 with what is still awaited before. Does not depend
/// on the database.
Response ReadyResponse(const Readiness& readiness);

}  // namespace hakem::web

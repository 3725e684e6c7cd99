#pragma once

#include <span>
#include <string>

#include "model/time.h"
#include "web/http/http.h"

namespace hakem::web {

/// A loop of the program and when it last came round.
struct LoopTurn {
  std::string name;  ///< `scrape loop`
  SteadyTime last;
};

/// How far the program has come since it started. That it listens shows in its being asked.
struct Readiness {
  bool configuration_loaded = false;
  bool first_collection_tried = false;  ///< Well or not.
};

/// A loop that has not come round for longer is stuck.
inline constexpr Duration kLoopIsStuckAfter = std::chrono::seconds(60);

/// `/-/healthy`: 200 while no loop is stuck, else 503 with the first one that is. Does not depend
/// on the database.
Response HealthyResponse(std::span<const LoopTurn> loops, SteadyTime now);

/// `/-/ready`: 200 once everything is done, 503 with what is still awaited before. Does not depend
/// on the database.
Response ReadyResponse(const Readiness& readiness);

}  // namespace hakem::web

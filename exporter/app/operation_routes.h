#pragma once

#include <functional>
#include <vector>

#include "exporter/probe/probe_handler.h"
#include "exporter/scrape/target_state.h"
#include "model/clock.h"
#include "model/published.h"
#include "model/result.h"
#include "web/http/router.h"

namespace hakem::exporter {

/// What the routes of operations use. References outlive the routes.
struct OperationDeps {
  const Published<TargetStatus>& status;
  ProbeHandler& probe;
  std::function<Result<void>()> reload;
  const Clock& clock;
};

/// The routes `/probe`, `/api/v1/collectors`, and `/-/reload`, which responds 500 with the reason
/// if the configuration is wrong.
std::vector<web::Route> OperationRoutes(const OperationDeps& deps);

}  // namespace hakem::exporter

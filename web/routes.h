#pragma once

#include <functional>
#include <string>
#include <vector>

#include "model/clock.h"
#include "model/instruments.h"
#include "model/log.h"
#include "model/published.h"
#include "model/snapshot.h"
#include "rules/status.h"
#include "web/health_handler.h"
#include "web/router.h"
#include "web/target_status.h"

namespace hakem::web {

/// What the pages read. References outlive the router; functions are called from many threads at
/// once and answer at once.
struct Deps {
  const Published<Snapshot>& snapshot;
  const Published<rules::RulesStatus>& rules;
  const Published<std::vector<TargetStatus>>& targets;
  std::function<Readiness()> readiness;
  std::function<std::vector<LoopTurn>()> loops;
  const Clock& clock;
  Instruments& instruments;
  Logger log;
  std::string version;
};

/// Everything Hakem answers on its port: `/`, `/metrics`, `/-/healthy`, `/-/ready`, and Prometheus'
/// `/api/v1/alerts` and `/api/v1/rules`.
Router MakeRouter(const Deps& deps);

}  // namespace hakem::web

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
#include "web/api_v1/routes.h"
#include "web/exposition/page_filter.h"
#include "web/health_handler.h"
#include "web/http/router.h"
#include "web/target_status.h"

namespace hakem::web {

/// What the pages read. References outlive the router; functions are called from many threads at
/// once and, but for `collect_now`, answer at once.
struct Deps {
  const Published<Snapshot>& snapshot;
  const Published<rules::RulesStatus>& rules;
  const Published<std::vector<TargetStatus>>& targets;
  std::function<Readiness()> readiness;
  std::function<std::vector<LoopTurn>()> loops;
  std::function<std::vector<CollectorFamilies>()> collectors;
  std::function<void(SteadyTime deadline)> collect_now;  ///< As MetricsDeps has it.
  Duration hold;  ///< What a load balancer is told of a server is at most so old.
  std::function<Duration()> snapshot_age;  ///< Whatever the clock is set to.
  const Clock& clock;
  Instruments& instruments;
  Logger log;
  std::string version;
  AdminPolicy admin = AdminPolicy::kLocal;
  PrometheusApiDeps api;
  std::vector<Route> more = {};  ///< That the program adds.
  /// The metrics are there besides /metrics. Outlives the router.
  std::string_view telemetry_path = "/metrics";
};

/// Everything Hakem answers on its port: `/`, `/graph`, `/alerts`, `/metrics`, `/-/healthy`,
/// `/-/ready`, `/primary` and the like for load balancers, and Prometheus' API; all of it also
/// below the path of the external URL, if that has one.
Router MakeRouter(const Deps& deps);

}  // namespace hakem::web

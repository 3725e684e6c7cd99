#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "model/clock.h"
#include "model/published.h"
#include "model/result.h"
#include "model/snapshot.h"
#include "promql/syntax/features.h"
#include "rules/status.h"
#include "tsdb/import/openmetrics_reader.h"
#include "tsdb/store/store.h"
#include "web/client_work/client_work.h"
#include "web/context/program_facts.h"
#include "web/http/http.h"

namespace hakem::web {

/// Everything that handlers of requests may read, and what they may ask the program to do. The
/// objects behind references outlive the handlers. Functions are called from many threads at once,
/// and return at once unless their comment says that they block.
struct HandlerContext {
  const tsdb::Store& store;
  const Published<Snapshot>& snapshot;
  const Published<rules::RulesStatus>& rules;
  const Published<std::vector<TargetStatus>>& targets;
  /// Descriptions of imported metrics, which no collector describes. Complete before the first
  /// request.
  const std::vector<tsdb::MetricDescription>& imported;
  const Published<std::string>& config_yaml;  ///< The configuration in force, secrets masked.
  /// Empty until the configuration has been reloaded for the first time.
  const Published<ReloadStatus>& reload_status;
  const Clock& clock;
  ServerFacts facts = {};
  promql::Features features = {};
  std::shared_ptr<ClientWork> work;  ///< Runs requests whose cost depends on the client. Not null.
  std::stop_token stop = {};         ///< Ends running queries.

  std::function<Readiness()> readiness;
  std::function<std::vector<LoopStatus>()> loops;
  std::function<std::vector<CollectorFamilies>()> collectors;  ///< All collectors.
  /// Age of the snapshot by the monotonic clock, so that setting the system clock has no effect.
  std::function<Duration()> snapshot_age;
  Duration max_role_age;  ///< Load balancers get 503 when the snapshot is older.
  /// Starts a collection. Blocks until its results are published, or until the deadline.
  std::function<void(SteadyTime deadline)> collect_now;
  std::function<std::string()> collectors_json;  ///< The body of `/api/v1/collectors`.
  Handler probe;                                 ///< Answers `/probe`. Blocks while it collects.
  /// Loads the configuration again and applies it. Blocks. On an error the old one stays in force.
  std::function<Result<void>()> reload;
};

}  // namespace hakem::web

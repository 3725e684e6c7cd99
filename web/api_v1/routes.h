#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "model/clock.h"
#include "model/published.h"
#include "model/snapshot.h"
#include "promql/syntax/features.h"
#include "rules/status.h"
#include "tsdb/import/openmetrics_reader.h"
#include "tsdb/store/store.h"
#include "web/api_v1/cross_origin.h"
#include "web/api_v1/status/server_facts.h"
#include "web/client_work/client_work.h"
#include "web/http/router.h"

namespace hakem::web {

/// What the API reads. References outlive the routes.
struct PrometheusApiDeps {
  const tsdb::Store& store;
  const Published<Snapshot>& snapshot;
  const Published<rules::RulesStatus>& rules;
  /// Of series that no collector describes; complete before the first request.
  const std::vector<tsdb::MetricDescription>& imported;
  const Published<std::string>& config_yaml;  ///< What is in force, secrets masked.
  const Clock& clock;
  ServerFacts facts = {};
  CrossOrigin cross_origin = {};
  std::stop_token stop = {};  ///< Ends queries under way.
  promql::Features features = {};
  /// How the last reload of the configuration went; null: there is none. Outlives the routes.
  const Published<ReloadStatus>* reload = nullptr;
  /// Where queries and the like are worked on. Null: one with the usual limits.
  std::shared_ptr<ClientWork> work = nullptr;
};

/// Prometheus' HTTP API below `/api/v1/`, read-only, and `/federate`. docs/http_api.md lists them.
/// Answers are compressed for clients that accept it.
std::vector<Route> PrometheusApiRoutes(const PrometheusApiDeps& deps);

}  // namespace hakem::web

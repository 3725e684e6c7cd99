#pragma once

#include <vector>

#include "model/snapshot.h"
#include "tsdb/import/openmetrics_reader.h"
#include "web/context/program_facts.h"
#include "web/http/http.h"

namespace hakem::web {

/// `/api/v1/metadata`: type, help and unit by metric name, of the last snapshot (null: none) and of
/// what was imported. Parameters `metric`, `limit`, `limit_per_metric`.
Response MetadataResponse(const Snapshot* snapshot,
                          const std::vector<tsdb::MetricDescription>& imported,
                          const Request& request);

/// `/api/v1/targets/metadata`: type, help and unit of what the one target, Hakem itself, exposes.
/// Parameters `match_target` (a selector of the target's labels), `metric`, `limit`.
Response TargetMetadataResponse(const ServerFacts& facts, const Snapshot* snapshot,
                                const Request& request);

}  // namespace hakem::web

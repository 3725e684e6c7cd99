#pragma once

#include <vector>

#include "model/snapshot.h"
#include "tsdb/import/openmetrics_reader.h"
#include "web/context/program_facts.h"
#include "web/http/http.h"

namespace hakem::web {

/// `/api/v1/metadata`: type, help and unit by metric name, of the last snapshot, which may be null,
/// and of imported metrics. Parameters are `metric`, `limit` and `limit_per_metric`.
Response MetadataResponse(const Snapshot* snapshot,
                          const std::vector<tsdb::MetricDescription>& imported,
                          const Request& request);

/// `/api/v1/targets/metadata`: type, help and unit of the metrics of the only target, Hakem itself.
/// Parameters are `match_target` (a selector of the target's labels), `metric` and `limit`.
Response TargetMetadataResponse(const ServerFacts& facts, const Snapshot* snapshot,
                                const Request& request);

}  // namespace hakem::web

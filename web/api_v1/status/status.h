#pragma once

#include "promql/syntax/features.h"
#include "tsdb/store/store.h"
#include "web/context/program_facts.h"
#include "web/http/http.h"

namespace hakem::web {

/// `/api/v1/status/buildinfo`. `version` is that of the Prometheus whose API Hakem implements,
/// because clients derive a server's abilities from it. `revision` is Hakem's version.
Response BuildInfoResponse(const ServerFacts& facts);

/// `/version`: the build information without the envelope.
Response VersionResponse(const ServerFacts& facts);

/// `/api/v1/features`: which parts of the language and of the API are available.
Response FeaturesResponse(promql::Features features);

/// `/api/v1/status/walreplay`: always zeros, because the history is loaded before the first
/// request.
Response WalReplayResponse();

/// `/api/v1/status/config`: the configuration in force, as YAML. `yaml` may be null.
Response ConfigResponse(const std::string* yaml);

/// `/api/v1/status/flags`: Hakem's limits, with the names of Prometheus' flags.
Response FlagsResponse(const ServerFacts& facts);

/// `/api/v1/status/tsdb`: the size of the history, and the metric names, labels and label pairs
/// with the most series. The parameter `limit` (by default 10) is the number of each.
Response StoreResponse(const tsdb::Store& store, const Request& request);

/// `/api/v1/status/runtimeinfo`: has every field of Prometheus. Threads count as goroutines. Fields
/// of the Go runtime are empty, or say that there is no limit. `reload` is null until the
/// configuration has been reloaded.
Response RuntimeInfoResponse(const ServerFacts& facts, const ReloadStatus* reload, Timestamp now);

}  // namespace hakem::web

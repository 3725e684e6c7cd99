#pragma once

#include "promql/syntax/features.h"
#include "tsdb/store/store.h"
#include "web/context/program_facts.h"
#include "web/http/http.h"

namespace hakem::web {

/// `/api/v1/status/buildinfo`. Clients decide by its `version` what a server can do, so it is that
/// of the Prometheus whose API this is; Hakem's own is the `revision`.
Response BuildInfoResponse(const ServerFacts& facts);

/// `/version`: the same without an envelope.
Response VersionResponse(const ServerFacts& facts);

/// `/api/v1/features`: which parts of the language and the API are there and switched on.
Response FeaturesResponse(promql::Features features);

/// `/api/v1/status/walreplay`: nothing is replayed, because requests are answered only after the
/// history was read.
Response WalReplayResponse();

/// `/api/v1/status/config`: the configuration that is in force, as YAML. Null: none.
Response ConfigResponse(const std::string* yaml);

/// `/api/v1/status/flags`: the bounds within which Hakem works, named as Prometheus names them.
Response FlagsResponse(const ServerFacts& facts);

/// `/api/v1/status/tsdb`: how much the history holds, and the names, labels and pairs that have
/// most of it. Parameter `limit` (10): of each.
Response StoreResponse(const tsdb::Store& store, const Request& request);

/// `/api/v1/status/runtimeinfo`: every field that a Prometheus has there. Threads stand for
/// goroutines; what only a Go program has is empty, or no limit. `reload`: null while the
/// configuration was read at the start alone.
Response RuntimeInfoResponse(const ServerFacts& facts, const ReloadStatus* reload, Timestamp now);

}  // namespace hakem::web

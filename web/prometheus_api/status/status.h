#pragma once

#include "tsdb/store.h"
#include "web/http.h"
#include "web/prometheus_api/status/server_facts.h"

namespace hakem::web {

/// `/api/v1/status/buildinfo`. Clients decide by its `version` what a server can do, so it is that
/// of the Prometheus whose API this is; Hakem's own is the `revision`.
Response BuildInfoResponse(const ServerFacts& facts);

/// `/api/v1/status/config`: the configuration that is in force, as YAML. Null: none.
Response ConfigResponse(const std::string* yaml);

/// `/api/v1/status/flags`: the bounds within which Hakem works, named as Prometheus names them.
Response FlagsResponse(const ServerFacts& facts);

/// `/api/v1/status/tsdb`: how much the history holds, and the names, labels and pairs that have
/// most of it. Parameter `limit` (10): of each.
Response StoreResponse(const tsdb::Store& store, const Request& request);

/// `/api/v1/status/runtimeinfo`: what a Prometheus tells there that is true of Hakem too.
Response RuntimeInfoResponse(const ServerFacts& facts, Timestamp now);

}  // namespace hakem::web

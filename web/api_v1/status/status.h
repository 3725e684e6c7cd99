#pragma once

#include "model/time.h"
#include "web/context/program_facts.h"
#include "web/endpoint/endpoint.h"
#include "web/http/http.h"

namespace hakem::web {

/// The state of the server, such as `/api/v1/status/config`.
extern const EndpointTable kStatusEndpoints;

/// `/api/v1/status/runtimeinfo`: has every field of Prometheus. Threads count as goroutines. Fields
/// of the Go runtime are empty, or say that there is no limit. `reload` is null until the
/// configuration has been reloaded.
Response RuntimeInfoResponse(const ServerFacts& facts, const ReloadStatus* reload, Timestamp now);

}  // namespace hakem::web

#pragma once

#include <string_view>

#include "model/time.h"
#include "web/context/handler_context.h"
#include "web/endpoint/endpoint.h"
#include "web/http/http.h"

namespace hakem::web {

/// How many requests with `fresh=1` may wait at once. Each occupies a thread of the server.
inline constexpr int kMostFreshRequests = 4;

/// How long a request with `fresh=1` waits. `header` is X-Prometheus-Scrape-Timeout-Seconds, from
/// which a margin is subtracted: a quarter of it or half a second, whichever is less. 10 s are
/// assumed when it is not a positive number, and at most a minute is used.
Duration FreshTimeout(std::string_view header);

/// `/metrics`: the last snapshot in the format that the client prefers, compressed by gzip if it
/// accepts that. The page is empty before the first snapshot. Parameters:
///
/// - `collect[]=NAME`, repeatable: only the families of these collectors. 400 for an unknown name,
///   503 when there is no memory for the page.
/// - `fresh=1`: starts a collection and waits for it within FreshTimeout(), then answers with what
///   is there. 503 when kMostFreshRequests wait already, 400 for another value.
Handler MetricsHandler(const HandlerContext& context);

/// The path of the metrics page, which the option `telemetry_path` may serve at another one too.
inline constexpr std::string_view kMetricsPath = "/metrics";

extern const EndpointTable kMetricsEndpoints;

}  // namespace hakem::web

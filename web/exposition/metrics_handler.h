#pragma once

#include <string_view>

#include "model/time.h"
#include "web/context/handler_context.h"
#include "web/http/http.h"

namespace hakem::web {

/// Requests with `fresh=1` that may wait at once: each holds a thread of the server.
inline constexpr int kMostFreshRequests = 4;

/// How long a request with `fresh=1` waits: what Prometheus says it waits itself in
/// X-Prometheus-Scrape-Timeout-Seconds, less a quarter or half a second, whichever is less; 10 s
/// when `header` is no positive number; at most a minute.
Duration FreshTimeout(std::string_view header);

/// `/metrics`: the last snapshot, in the format that the client asks for, with gzip for who accepts
/// it; empty before the first. 200, but for:
///
/// - `collect[]=NAME`, repeatable: the page of these collectors alone; 400 for an unknown name, 503
///   when there is no memory for it;
/// - `fresh=1`: a collection is asked for and waited for within FreshTimeout, after which what is
///   known is answered; 503 while kMostFreshRequests wait already, 400 for another value.
Handler MetricsHandler(const HandlerContext& context);

}  // namespace hakem::web

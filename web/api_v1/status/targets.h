#pragma once

#include "model/snapshot.h"
#include "web/context/program_facts.h"
#include "web/http/http.h"

namespace hakem::web {

/// `/api/v1/targets`: the one target there is, Hakem itself: its page is what a Prometheus would
/// scrape and what the history holds. Null: nothing was collected yet. `state`: `active`,
/// `dropped` (none is) or `any`; `scrapePool`: its `job`, or no target is listed.
Response TargetsResponse(const ServerFacts& facts, const Snapshot* snapshot,
                         const Request& request);

/// `/api/v1/scrape_pools`: the one target's `job`.
Response ScrapePoolsResponse(const ServerFacts& facts);

/// `/api/v1/alertmanagers`: none but the one within.
Response AlertmanagersResponse();

}  // namespace hakem::web

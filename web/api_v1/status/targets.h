#pragma once

#include "model/snapshot.h"
#include "web/context/program_facts.h"
#include "web/http/http.h"

namespace hakem::web {

/// `/api/v1/targets`: the only target, Hakem itself, whose metrics are what the history holds.
/// `snapshot` is null before the first collection. The parameters are `state` (`active`, `dropped`
/// or `any`; no target is ever dropped) and `scrapePool`, which must be its `job` to list it.
Response TargetsResponse(const ServerFacts& facts, const Snapshot* snapshot,
                         const Request& request);

/// `/api/v1/scrape_pools`: the `job` of the only target.
Response ScrapePoolsResponse(const ServerFacts& facts);

/// `/api/v1/alertmanagers`: an empty list, because Hakem sends notifications itself.
Response AlertmanagersResponse();

}  // namespace hakem::web

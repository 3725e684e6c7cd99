#pragma once

#include "promql/syntax/features.h"
#include "web/http/http.h"

namespace hakem::web {

/// `/api/v1/format_query`: the parameter `query` in canonical form.
Response FormatQueryResponse(const Request& request, promql::Features features = {});

/// `/api/v1/parse_query`: the syntax tree of the parameter `query`.
Response ParseQueryResponse(const Request& request, promql::Features features = {});

/// `/api/v1/query_exemplars`: exemplars are not stored, so the list of them is always empty.
/// Parameters `query`, `start` and `end` are read as if they were.
Response ExemplarsResponse(const Request& request, promql::Features features = {});

}  // namespace hakem::web

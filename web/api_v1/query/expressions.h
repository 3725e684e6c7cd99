#pragma once

#include "promql/syntax/features.h"
#include "web/http/http.h"

namespace hakem::web {

/// `/api/v1/format_query`: formats the parameter `query` in canonical form.
Response FormatQueryResponse(const Request& request, promql::Features features = {});

/// `/api/v1/parse_query`: answers the syntax tree of the parameter `query`.
Response ParseQueryResponse(const Request& request, promql::Features features = {});

/// `/api/v1/query_exemplars`: answers an empty list, because exemplars are not stored. Checks the
/// parameters `query`, `start` and `end` all the same.
Response ExemplarsResponse(const Request& request, promql::Features features = {});

}  // namespace hakem::web

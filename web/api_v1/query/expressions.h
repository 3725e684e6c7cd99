#pragma once

#include "web/endpoint/endpoint.h"

namespace hakem::web {

/// What can be said of a query without evaluating it, such as `/api/v1/format_query`.
extern const EndpointTable kExpressionEndpoints;

}  // namespace hakem::web

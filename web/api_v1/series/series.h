#pragma once

#include "web/endpoint/endpoint.h"

namespace hakem::web {

/// Labels of stored series, such as `/api/v1/labels`. All take the parameters `match[]`, `start`,
/// `end` (unbounded by default) and `limit`, and add a warning when the limit has cut off results.
extern const EndpointTable kSeriesEndpoints;

}  // namespace hakem::web

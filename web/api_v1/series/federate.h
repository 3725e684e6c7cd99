#pragma once

#include "model/clock.h"
#include "tsdb/series/queryable.h"
#include "web/http/http.h"

namespace hakem::web {

/// `/federate`: of each series that one of the selectors `match[]` finds the newest value of the
/// last five minutes with its timestamp, as another Prometheus scrapes it; none of a series that
/// has ended. In the text format, by metric name, every family untyped, and `instance=""` where a
/// series has no instance, so that the one who scrapes attaches none of its own.
Response FederateResponse(const tsdb::Queryable& data, const Clock& clock, const Request& request);

}  // namespace hakem::web

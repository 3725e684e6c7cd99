#pragma once

#include "model/published.h"
#include "model/snapshot.h"
#include "web/http.h"

namespace hakem::web {

/// `/metrics`: the last snapshot in text format 0.0.4, whatever a client would rather have; with
/// gzip for who accepts it. Always 200; empty before the first snapshot. `snapshot` outlives it.
Handler MetricsHandler(const Published<Snapshot>& snapshot);

}  // namespace hakem::web

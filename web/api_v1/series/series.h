#pragma once

#include "tsdb/store/store.h"
#include "web/http/http.h"

namespace hakem::web {

// Labels of stored series. All take the parameters `match[]`, `start`, `end` (unbounded by default)
// and `limit`, and add a warning when the limit has cut off results.

/// `/api/v1/series`: the label sets of series that at least one selector finds, sorted.
Response SeriesResponse(const tsdb::Store& store, const Request& request);

/// `/api/v1/labels`: the label names of selected series, or of all, sorted.
Response LabelNamesResponse(const tsdb::Store& store, const Request& request);

/// `/api/v1/label/NAME/values`: the values of a label in selected series, or in all, sorted. The
/// label's name comes from the path and may be escaped as `U__…`.
Response LabelValuesResponse(const tsdb::Store& store, const Request& request);

}  // namespace hakem::web

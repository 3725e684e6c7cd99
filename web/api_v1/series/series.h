#pragma once

#include "tsdb/store/store.h"
#include "web/http/http.h"

namespace hakem::web {

// What is stored, without its values. All take `match[]`, `start`, `end` (no bounds) and `limit`;
// what the limit cuts off is told as a warning.

/// `/api/v1/series`: the label sets that one of the selectors at least finds, sorted.
Response SeriesResponse(const tsdb::Store& store, const Request& request);

/// `/api/v1/labels`: the names of the labels of those series, or of all, sorted.
Response LabelNamesResponse(const tsdb::Store& store, const Request& request);

/// `/api/v1/label/NAME/values`: the values of a label of those series, or of all, sorted. The name
/// is taken from the path and may be written as `U__…`.
Response LabelValuesResponse(const tsdb::Store& store, const Request& request);

}  // namespace hakem::web

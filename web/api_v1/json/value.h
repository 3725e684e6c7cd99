#pragma once

#include <string>

#include "promql/value.h"

namespace hakem::web {

/// Appends the members of a query's data: `"resultType":"vector","result":[…]`. Writes text without
/// a JsonWriter, because a result may have millions of points.
void AppendValue(std::string& json, const promql::Value& value);

}  // namespace hakem::web

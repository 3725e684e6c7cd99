#pragma once

#include <string>

#include "promql/value.h"

namespace hakem::web {

/// Appends `{"resultType":"vector","result":[…]` without the closing brace, so that statistics of
/// the query can follow.
void AppendValue(std::string& json, const promql::Value& value);

}  // namespace hakem::web

#pragma once

#include <string>

#include "model/labels.h"
#include "model/time.h"

namespace hakem::web {

// Parts of JSON for types of model/. format/json.h has those for strings and numbers.

/// Appends `{"__name__":"up","job":"hokm"}`.
void AppendJsonLabels(std::string& json, const Labels& labels);

/// Appends seconds since 1970, with milliseconds unless they are 0: `1764001000`, `1764001000.050`.
void AppendPointTime(std::string& json, Timestamp time);

}  // namespace hakem::web

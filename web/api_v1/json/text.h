#pragma once

#include <string>

#include "model/labels.h"
#include "model/time.h"

namespace hakem::web {

// Pieces of JSON beside those of format/json.h.

/// Appends `{"__name__":"up","job":"hokm"}`.
void AppendJsonLabels(std::string& json, const Labels& labels);

/// Appends seconds since 1970: `1764001000`, and `1764001000.050` when they are not whole.
void AppendPointTime(std::string& json, Timestamp time);

}  // namespace hakem::web

#pragma once

#include <string>

#include "model/snapshot.h"

namespace hakem::cli {

/// Formats a snapshot as JSON for scripts: `{"time": RFC 3339, "summary": {"games": [{"game",
/// "active_games", …}], "database": {"up", …}}, "families": [{"name", "type", "help", "samples":
/// [{"labels": {…}, "value": number}]}]}`, indented.
///
/// The summary is that of Summarise. Values that JSON has no number for are texts: "NaN", "+Inf". A
/// sample of a game's windowed metric also has "from" and "to", the ends of its window. A sample
/// whose name differs from its family's (`_bucket`) has it as the label `__name__`.
std::string ToJson(const Snapshot& snapshot);

}  // namespace hakem::cli

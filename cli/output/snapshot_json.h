#pragma once

#include <string>

#include "model/snapshot.h"

namespace hakem::exporter {

/// A snapshot for scripts: `{"time": RFC 3339, "summary": {"games": [{"game", "active_games", …}],
/// "database": {"up", …}}, "families": [{"name", "type", "help", "samples": [{"labels": {…},
/// "value": number}]}]}`, indented. The summary has what is known of snapshot_summary.cpp's
/// figures. What is no number in JSON stands as text: "NaN", "+Inf". What a game's metric tells of
/// a span has its ends as "from" and "to". A sample of another name than its family's (`_bucket`)
/// has it as the label
/// `__name__`.
std::string ToJson(const Snapshot& snapshot);

}  // namespace hakem::exporter

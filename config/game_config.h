#pragma once

#include <string>

#include "collectors/core/game_options.h"
#include "yaml/map_reader.h"

namespace hakem::exporter {

/// Reads what a game's entry in `targets[].games` says of its tables and metrics: name, schema,
/// online_window, histograms, tables. The caller reads what else is there.
void ReadGameOptions(yaml::MapReader& reader, collectors::GameOptions& game);

/// The same as it stands in a file, every default spelled out: lines of a list entry, the first
/// with its dash, indented by `indent` spaces.
std::string FormatGameOptions(const collectors::GameOptions& game, int indent);

}  // namespace hakem::exporter

#pragma once

#include <string_view>

#include "collectors/core/sample_sink.h"
#include "collectors/game/counting/game_state.h"
#include "collectors/game/schema/families.h"
#include "collectors/game/schema/schema.h"

namespace hakem::collectors {

/// Writes all available metrics of a game, with `game` as the value of the label `game`. Zeros are
/// written too, so that alerts on them resolve. Requires: `state` has applied a reading of this
/// schema.
void WriteGameMetrics(const GameState& state, const GameSchema& schema,
                      const AvailableMetrics& available, std::string_view game, SampleSink& sink);

}  // namespace hakem::collectors

#pragma once

#include <string_view>

#include "collectors/core/sample_sink.h"
#include "collectors/game/counting/game_state.h"
#include "collectors/game/schema/families.h"
#include "collectors/game/schema/schema.h"

namespace hakem::collectors {

/// Writes every metric of the offer under the label `game`. Zeros are written too, so that a rule
/// sees an end. Requires: `state` has taken a reading of this schema.
void WriteGame(const GameState& state, const GameSchema& schema, const AvailableMetrics& offer,
               std::string_view game, SampleSink& sink);

}  // namespace hakem::collectors

#pragma once

#include "collectors/core/session.h"
#include "collectors/game/counting/game_reading.h"
#include "model/result.h"

namespace hakem::collectors {

/// Reads the rows of GameSql. Errors: kInternal: they are something else.
Result<GameReading> ReadGame(const Rows& rows);

}  // namespace hakem::collectors

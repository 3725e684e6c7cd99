#pragma once

#include "collectors/core/session.h"
#include "collectors/game/counting/game_reading.h"
#include "model/result.h"

namespace hakem::collectors {

/// Converts the rows of GameSql into a reading. Errors: kInternal: the rows are not those of
/// GameSql.
Result<GameReading> ReadGame(const Rows& rows);

}  // namespace hakem::collectors

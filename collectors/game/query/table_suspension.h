#pragma once

#include "collectors/core/scan_gate.h"
#include "collectors/core/session.h"
#include "collectors/game/schema/schema.h"

namespace hakem::collectors {

/// Suspends every table that the game statement would read in full although it is above `big`
/// bytes: its metrics are left out with a reason that names the missing index, and come back when
/// it is there. Errors: the session's; the schema is then as far as it came.
Result<void> SuspendScannedTables(Session& session, const GameOptions& options, GameSchema& schema,
                                  std::int64_t big = kBigTable);

}  // namespace hakem::collectors

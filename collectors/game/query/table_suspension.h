#pragma once

#include "collectors/core/big_scans.h"
#include "collectors/core/session.h"
#include "collectors/game/schema/schema.h"

namespace hakem::collectors {

/// Suspends every table larger than `big` bytes that the game statement would read sequentially:
/// sets GameTable::suspension to a reason that names the missing index, so that metrics of the
/// table are left out. Errors: those of Session::Query; some tables may be suspended by then.
Result<void> SuspendScannedTables(Session& session, const GameOptions& options, GameSchema& schema,
                                  std::int64_t big = kBigTable);

}  // namespace hakem::collectors

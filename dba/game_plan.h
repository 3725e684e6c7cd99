#pragma once

#include <string>
#include <vector>

#include "collectors/core/game_options.h"
#include "collectors/core/session.h"
#include "collectors/game/schema/churn.h"
#include "dba/setup_plan.h"
#include "model/result.h"

namespace hakem::exporter {

/// The warning with its remedy, as a plan's advice.
std::string FormatAdvice(const collectors::ChurnWarning& warning);

/// What makes collections of these games cheaper and is not there: room in the pages of live rows,
/// an autovacuum that keeps up with them, and indexes. Each statement stands alone: CREATE INDEX
/// CONCURRENTLY refuses a transaction. Errors: the session's.
Result<SetupPlan> PlanGames(collectors::Session& session,
                            const std::vector<collectors::GameOptions>& games);

}  // namespace hakem::exporter

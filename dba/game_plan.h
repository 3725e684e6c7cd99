#pragma once

#include <string>
#include <vector>

#include "collectors/core/game_options.h"
#include "collectors/core/session.h"
#include "collectors/game/schema/churn.h"
#include "dba/plan.h"
#include "model/result.h"

namespace hakem::dba {

/// Formats a warning with its remedy as advice of a plan.
std::string FormatAdvice(const collectors::ChurnWarning& warning);

/// Plans what makes collections of these games cheaper and is missing: a fillfactor and autovacuum
/// settings for tables of live rows, and indexes. The statements are to be run one by one, because
/// CREATE INDEX CONCURRENTLY refuses a transaction. Errors: the session's.
Result<Plan> PlanGameTuning(collectors::Session& session,
                            const std::vector<collectors::GameOptions>& games);

}  // namespace hakem::dba

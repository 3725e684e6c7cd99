#pragma once

#include <string>
#include <vector>

#include "collectors/core/session.h"
#include "dba/index_plan.h"
#include "model/result.h"

namespace hakem::dba {

/// Reads the indexes of the schema's tables. Errors: the session's.
Result<std::vector<ExistingIndex>> ReadIndexes(collectors::Session& session,
                                               const std::string& schema);

/// Estimates the size of an index from the statistics in the catalogs.
/// Errors: the session's; kNotFound if its table is gone.
Result<IndexEstimate> ReadEstimate(collectors::Session& session, const WantedIndex& index);

}  // namespace hakem::dba

#pragma once

#include <string>
#include <vector>

#include "collectors/game/schema/schema.h"
#include "dba/plan.h"

namespace hakem::dba {

/// The query for the tables whose live rows are updated and that have no fillfactor, so that
/// PostgreSQL fills their pages completely. One column: the table's name. Partitioned tables are
/// left out, because each partition has a fillfactor of its own.
std::string TablesWithoutFillfactorSql(const collectors::GameSchema& schema);

/// Sets a fillfactor for these tables: new pages keep free space for the next versions of their
/// rows.
Plan PlanFillfactor(const std::string& schema, const std::vector<std::string>& tables);

}  // namespace hakem::dba

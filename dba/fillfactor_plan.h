#pragma once

#include <string>
#include <vector>

#include "collectors/game/schema/schema.h"
#include "dba/setup_plan.h"

namespace hakem::exporter {

/// The query for the tables of live rows whose pages are filled to the brim, because nobody has
/// set how full they shall be. One column, the table's name. Partitioned ones are left out: each
/// partition has a setting of its own.
std::string FullTablesSql(const collectors::GameSchema& schema);

/// Leaves room in the new pages of these tables for the next versions of their rows.
SetupPlan PlanFillfactor(const std::string& schema, const std::vector<std::string>& full_tables);

}  // namespace hakem::exporter

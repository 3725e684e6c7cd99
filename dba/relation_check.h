#pragma once

#include <map>
#include <string>

#include "collectors/core/session.h"
#include "collectors/game/schema/schema.h"
#include "model/result.h"

namespace hakem::exporter {

/// Why setup keeps away from a relation, by the game's name of it.
using RefusedRelations = std::map<std::string, std::string, std::less<>>;

/// The query that ReadRefusedRelations reads, of the catalogs alone: what of the game's relations
/// could run code of their owner when it is planned or read. Requires: the schema has a name.
std::string RelationCheckSql(const collectors::GameSchema& schema);

/// The relations that setup gives nobody access to and builds no index on: those that are no plain
/// or partitioned table, have such a one among their partitions or children, or have a column that
/// a collector reads and whose type is neither PostgreSQL's own, an enum, nor a domain or array of
/// these, or can be converted by a cast that somebody wrote. Each with the reason, one line.
/// Errors: kInternal: not RelationCheckSql's rows.
Result<RefusedRelations> ReadRefusedRelations(const collectors::Rows& rows);

}  // namespace hakem::exporter

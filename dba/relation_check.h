#pragma once

#include <map>
#include <string>

#include "collectors/core/session.h"
#include "collectors/game/schema/schema.h"
#include "model/result.h"

namespace hakem::dba {

/// Relations that a plan must not touch: the game's name of each, and the reason.
using RefusedRelations = std::map<std::string, std::string, std::less<>>;

/// The query whose rows ReadRefusedRelations reads. It reads catalogs only and finds relations of
/// the game that could run their owner's code when a query over them is planned or run. Requires:
/// the schema has a name.
std::string RelationCheckSql(const collectors::GameSchema& schema);

/// Reads the relations that get neither grants nor indexes, each with a reason of one line. These
/// are relations
/// - that are no plain or partitioned table, or have such a partition or child;
/// - with a column that a collector reads and whose type is neither PostgreSQL's own, an enum, nor
/// a
///   domain or array of these, or has a user-defined cast.
/// Errors: kInternal if the rows are not those of RelationCheckSql.
Result<RefusedRelations> ReadRefusedRelations(const collectors::Rows& rows);

}  // namespace hakem::dba

#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "collectors/core/game_options.h"
#include "collectors/core/session.h"
#include "collectors/game/schema/churn.h"
#include "dba/index_plan.h"
#include "dba/relation_check.h"
#include "dba/role_plan.h"
#include "model/result.h"

// Everything here is read by the administrator's session, and so from pg_catalog alone: what others
// own is neither planned nor read. Functions that write an expression of the catalogs as text
// (pg_get_expr) evaluate nothing of it.
namespace hakem::exporter {

/// Who is connected, and what that role may do.
struct Administrator {
  std::string name;
  bool is_superuser = false;

  bool operator==(const Administrator&) const = default;
};

Result<Administrator> ReadAdministrator(collectors::Session& session);

/// What RoleFacts has of the server; what it has of passwords and wishes is left as it is.
/// Errors: the session's.
Result<RoleFacts> ReadRoleFacts(collectors::Session& session, const std::string& role,
                                const std::vector<collectors::GameOptions>& games);

/// A game of the database, and what of it setup keeps away from.
struct GameFacts {
  collectors::GameSchema schema;  ///< The refused relations in it are suspended.
  RefusedRelations refused = {};
};

/// Each game's tables as the administrator sees them; games that are not there are left out.
/// Errors: the session's; kInvalidInput when the schema's name has characters that cannot be seen.
Result<std::vector<GameFacts>> ReadGames(collectors::Session& session,
                                         const std::vector<collectors::GameOptions>& games);

/// The indexes of one schema's tables.
Result<std::vector<ExistingIndex>> ReadIndexes(collectors::Session& session,
                                               const std::string& schema);

/// How big an index would be, by the statistics in the catalogs.
Result<IndexEstimate> ReadEstimate(collectors::Session& session, const WantedIndex& index);

/// The tables of live rows that leave no room in their pages.
Result<std::vector<std::string>> ReadFullTables(collectors::Session& session,
                                                const collectors::GameSchema& schema);

/// What autovacuum would let grow in this game.
Result<std::vector<collectors::ChurnWarning>> ReadChurnWarnings(
    collectors::Session& session, const collectors::GameSchema& schema);

}  // namespace hakem::exporter

#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "collectors/core/game_options.h"
#include "collectors/core/session.h"
#include "collectors/game/schema/churn.h"
#include "exporter/setup/index_plan.h"
#include "exporter/setup/role_plan.h"
#include "model/result.h"

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

/// Each game's tables as the administrator sees them; those that are not there are left out.
Result<std::vector<collectors::GameSchema>> ReadGames(
    collectors::Session& session, const std::vector<collectors::GameOptions>& games);

/// The indexes of one schema's tables.
Result<std::vector<ExistingIndex>> ReadIndexes(collectors::Session& session,
                                               const std::string& schema);

/// What the planner expects of an index.
Result<IndexEstimate> ReadEstimate(collectors::Session& session, const WantedIndex& index);

/// The tables of live rows that leave no room in their pages.
Result<std::vector<std::string>> ReadFullTables(collectors::Session& session,
                                                const collectors::GameSchema& schema);

/// What autovacuum would let grow in this game.
Result<std::vector<collectors::ChurnWarning>> ReadChurnWarnings(
    collectors::Session& session, const collectors::GameSchema& schema);

}  // namespace hakem::exporter

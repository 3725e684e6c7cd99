#pragma once

#include <string>
#include <vector>

#include "collectors/core/game_options.h"
#include "collectors/core/session.h"
#include "collectors/game/schema/churn.h"
#include "collectors/game/schema/schema.h"
#include "dba/relation_check.h"
#include "model/result.h"

namespace hakem::dba {

/// A game of the database and its relations that a plan must not touch.
struct GameFacts {
  collectors::GameSchema schema;  ///< Its refused relations are marked as suspended.
  RefusedRelations refused = {};
};

/// Reads the tables of a game. Without a name in the schema the database does not have the game.
/// Errors: the session's; kInvalidInput if the schema's name has characters that cannot be seen.
Result<GameFacts> ReadGame(collectors::Session& session, const collectors::GameOptions& game);

/// Reads the tables of each game. Games that the database does not have are left out.
/// Errors: as ReadGame.
Result<std::vector<GameFacts>> ReadGames(collectors::Session& session,
                                         const std::vector<collectors::GameOptions>& games);

/// Reads the tables that TablesWithoutFillfactorSql finds. Errors: the session's.
Result<std::vector<std::string>> ReadTablesWithoutFillfactor(collectors::Session& session,
                                                             const collectors::GameSchema& schema);

/// Reads where autovacuum is too slow for this game's updates. Errors: the session's.
Result<std::vector<collectors::ChurnWarning>> ReadChurnWarnings(
    collectors::Session& session, const collectors::GameSchema& schema);

}  // namespace hakem::dba

#pragma once

#include <span>
#include <string>
#include <vector>

#include "collectors/core/game_options.h"
#include "exporter/scrape/target_state.h"
#include "exporter/session/session_factory.h"
#include "model/clock.h"
#include "model/snapshot.h"

namespace hakem::exporter {

/// Where a game is looked for that is not in the home database.
struct GameSearch {
  std::vector<std::string> databases = {};  ///< Those of the server that have it, sorted.
  std::size_t not_searched = 0;  ///< Databases that could not be looked into, or not in time.
};

/// The names by which games that were configured are not in the snapshot: the schema, the game's
/// own name, or "" for the only one. Empty when the collector `game` did not run, or failed.
std::vector<std::string> MissingGames(std::span<const collectors::GameOptions> games,
                                      const TargetStatus& status, const Snapshot& snapshot);

/// Looks for the games' table of sessions in the databases of the server that the role may connect
/// to: in at most 100 of them, within `limit`. Errors: those of the home database.
Result<GameSearch> SearchGames(SessionFactory& sessions,
                               std::span<const collectors::GameOptions> games, const Clock& clock,
                               Duration limit);

/// A sentence for people: which database lacks the game, and where it is.
std::string DescribeMissingGame(const std::string& database, const std::string& game,
                                const Result<GameSearch>& search);

}  // namespace hakem::exporter

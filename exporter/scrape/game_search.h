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

/// The result of a search for a game that is not in the home database.
struct GameSearch {
  std::vector<std::string> databases = {};  ///< The server's databases that have it, sorted.
  std::size_t not_searched = 0;  ///< Databases that could not be searched, or not in time.
};

/// The configured games that are missing from the snapshot: their name, else their schema, else "".
/// Empty when the collector `game` did not run, or failed.
std::vector<std::string> MissingGames(std::span<const collectors::GameOptions> games,
                                      const TargetStatus& status, const Snapshot& snapshot);

/// Searches the server's databases for the table of sessions of a game. Searches only those that
/// the role may connect to, at most 100, within `limit`. Errors: those of connecting to the home
/// database.
Result<GameSearch> SearchGames(SessionFactory& sessions,
                               std::span<const collectors::GameOptions> games, const Clock& clock,
                               Duration limit);

/// A sentence that says which database lacks the game, and which have one. `game` may be "".
std::string DescribeMissingGame(const std::string& database, const std::string& game,
                                const Result<GameSearch>& search);

}  // namespace hakem::exporter

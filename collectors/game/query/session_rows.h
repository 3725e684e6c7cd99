#pragma once

#include <string>
#include <vector>

#include "collectors/game/query/statements.h"

namespace hakem::collectors {

// The parts of the game statement about sessions: those that are live, were requested by id, are
// new, are finished, or have moves.

/// Returns whether sessions can be followed by their ids.
bool FollowsSessions(const AvailableMetrics& available);

/// The part `live`.
std::string LiveRows(const GameStatement& s);

/// The part `requested`.
std::string RequestedRows(const GameStatement& s);

/// A CTE of the new sessions, for AddCreatedRows.
std::string CreatedCte(const GameStatement& s);

/// Adds the parts `created`, a row for each new session up to kMaxRows, and `created_overflow`, the
/// counts by type of those beyond.
void AddCreatedRows(std::vector<std::string>& parts);

/// The part `finished`.
std::string FinishedRows(const GameStatement& s);

/// The part `moving`: the games of the last minute's moves. Moves are only inserted, so their
/// newest rows are cheap to read whatever snapshot is held. Requires: moves have the id of their
/// game.
std::string MovingRows(const GameStatement& s);

}  // namespace hakem::collectors

#pragma once

#include <string>
#include <vector>

#include "collectors/game/query/statements.h"

namespace hakem::collectors {

// The parts of the game statement about moves.

/// A CTE that counts the new moves by type and response time, for the functions below.
std::string MoveCte(const GameStatement& s);

/// Adds the rows of the part `moves`.
void AddMoveRows(const GameStatement& s, std::vector<std::string>& parts);

/// Adds the parts `response_bucket` and `responses`.
void AddResponseRows(const GameStatement& s, std::vector<std::string>& parts);

}  // namespace hakem::collectors

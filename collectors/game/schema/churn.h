#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/core/collector.h"
#include "collectors/core/session.h"
#include "collectors/game/schema/schema.h"

namespace hakem::collectors {

/// Whose rows are updated while they live, by Hokm's names. Moves and history are only ever added.
inline constexpr std::array<std::string_view, 2> kUpdatedTables = {"game_sessions",
                                                                   "websocket_connections"};

/// A table whose live rows are updated at every move or ping, and whose dead versions the server
/// would leave lying for long: each collection then reads them all.
struct ChurnWarning {
  std::string table;   ///< `hokm_game.game_sessions`, or empty: the whole server.
  std::string reason;  ///< One line.
  std::string remedy;  ///< The statement to run, without a semicolon.

  bool operator==(const ChurnWarning&) const = default;
};

/// The query that ReadChurn reads, of the catalog alone: the settings that autovacuum goes by for
/// the schema's tables of live rows. Requires: the schema has a name.
std::string ChurnSql(const GameSchema& schema);

/// What is wrong with the settings; empty when nothing is. Errors: kInternal: not ChurnSql's rows.
Result<std::vector<ChurnWarning>> ReadChurn(const Rows& rows, const GameSchema& schema);

/// Logs what is wrong with the settings, each with its remedy. A role that may not look is told of
/// nothing.
void WarnOfChurn(const CollectorContext& context, const GameSchema& schema);

}  // namespace hakem::collectors

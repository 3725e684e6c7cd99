#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/core/collector.h"
#include "collectors/core/session.h"
#include "collectors/game/schema/schema.h"

namespace hakem::collectors {

/// The tables whose rows are updated while they are live, by Hokm's names. Rows of moves and
/// history are only ever inserted.
inline constexpr std::array<std::string_view, 2> kUpdatedTables = {"game_sessions",
                                                                   "websocket_connections"};

/// An autovacuum setting that lets dead row versions pile up. Live rows are updated at every move
/// or ping, and each collection reads the dead versions too.
struct ChurnWarning {
  std::string table;   ///< `hokm_game.game_sessions`; empty for the whole server.
  std::string reason;  ///< What is wrong, in one line.
  std::string remedy;  ///< The statement that corrects it, without a semicolon.

  bool operator==(const ChurnWarning&) const = default;
};

/// Returns the query for ReadChurn. It reads the autovacuum settings that apply to kUpdatedTables
/// from the catalog. Requires: the schema has a name.
std::string ChurnSql(const GameSchema& schema);

/// Returns a warning for each setting that is too lax. Errors: kInternal: the rows are not those of
/// ChurnSql.
Result<std::vector<ChurnWarning>> ReadChurn(const Rows& rows, const GameSchema& schema);

/// Runs the check and logs the warnings with their remedies. A failure is logged at debug level.
void WarnOfChurn(const CollectorContext& context, const GameSchema& schema);

}  // namespace hakem::collectors

#pragma once

#include <span>
#include <string>
#include <string_view>

#include "collectors/core/sample_sink.h"
#include "collectors/game/schema/families.h"
#include "collectors/game/schema/schema.h"
#include "model/time.h"

namespace hakem::collectors {

/// Texts of the game's rows with more bytes are no labels and no ids: as a label they are kOther,
/// and a row with such an id is not followed.
inline constexpr int kLongestText = 200;

/// So many new sessions and closed connections have a row of their own in one reading.
inline constexpr std::size_t kMostRows = 5'000;

/// So many kinds of live sessions, and types of new ones beyond kMostRows, have a series each.
inline constexpr int kMostTypes = 100;

/// What the game statement needs to know.
struct GameStatement {
  const GameSchema& schema;
  const AvailableMetrics& offer;
  const GameOptions& options;
  std::span<const std::string> move_types;  ///< Those counted by name, sorted.
  /// False: without live sessions and connections, whose tables are full of dead rows while
  /// somebody holds a snapshot, but with the number of games that moves are made in.
  bool scan = true;
};

/// The types of the parameters of GameSql: `(bigint, uuid[], uuid[])`.
std::string GameParameterTypes(const GameSchema& schema);

/// The arguments: where the last collection ended, and the ids of the sessions and connections that
/// are asked for.
std::string GameArguments(const GameSchema& schema, PgTimestamp from,
                          std::span<const std::string> sessions,
                          std::span<const std::string> connections);

/// Between the ids of one row.
inline constexpr char kIdSeparator = '\x1f';

// clang-format off
/// The one statement of a collection, to be prepared. Rows (part, name, type, ids, v1 … v8), for
/// ReadGame:
///
/// part      | name      | type      | ids | v1       v2      v3    v4    v5       v6        v7      v8
/// span      |           |           |     | from     bound   now   exact
/// live      | status    | game type | all | sessions taken   free  long  play age lobby age started trouble
/// asked     | status    | game type | its | created  started wait  play  live     completed
/// created   | status    | game type | its | created  started wait  play  live     completed
/// more      |           | game type |     | sessions
/// sockets   |           |           | all | online   stale   all
/// socket    | reason    |           | its | active   closed
/// closed    | reason    |           | its | closed
/// moves     | move type |           |     | moves
/// response  |           |           |     | bound    moves
/// responses |           |           |     | moves    seconds null  negative too long
/// finished  |           |           |     | games    play time out of range
/// moving    |           |           | all | games
///
/// `span`: instants, in microseconds since 1970, as are `created` and `closed`; the other times are
/// seconds, but the last play time, which is microseconds. NaN: one of the two times between which
/// it lies cannot be computed with. `long`: long-running. `trouble`: kTrouble…. `asked` and
/// `socket`: the rows that were asked for. `closed`: connections that were closed in the span.
/// `more`: new sessions beyond kMostRows. `moves`: types that are not known yet have a row each.
/// `response`: how many took at most the bound of that number, from 0. A part whose columns are
/// missing has no rows.
///
/// No value of the tables makes it fail, and none makes its result grow beyond kMostFollowed ids of
/// kLongestText bytes and kMostRows rows.
// clang-format on
std::string GameSql(const GameStatement& statement);

}  // namespace hakem::collectors

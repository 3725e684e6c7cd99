#pragma once

#include <span>
#include <string>
#include <string_view>

#include "collectors/core/sample_sink.h"
#include "collectors/game/schema/families.h"
#include "collectors/game/schema/schema.h"
#include "model/time.h"

namespace hakem::collectors {

/// Texts with more bytes are neither labels nor ids: as a label they become kOther, and a row with
/// such an id is not followed.
inline constexpr int kMaxTextBytes = 200;

/// The most rows that one reading returns for new sessions, and the most for closed connections.
inline constexpr std::size_t kMaxRows = 5'000;

/// How many groups of live sessions, and types of new ones beyond kMaxRows, are kept apart.
inline constexpr int kMaxTypes = 100;

/// The inputs of the game statement.
struct GameStatement {
  const GameSchema& schema;
  const AvailableMetrics& available;
  const GameOptions& options;
  std::span<const std::string> move_types;  ///< The types that are counted by name; sorted.
  /// False: does not read live sessions and connections, whose tables are full of dead rows while
  /// somebody holds a snapshot. It reads the games of recent moves instead.
  bool scan = true;
};

/// Returns the types of the parameters of GameSql: `(bigint, uuid[], uuid[])`.
std::string GameParameterTypes(const GameSchema& schema);

/// Returns the arguments of GameSql: where the last collection ended, and the ids of the sessions
/// and connections whose rows are requested.
std::string GameArguments(const GameSchema& schema, PgTimestamp from,
                          std::span<const std::string> sessions,
                          std::span<const std::string> connections);

/// Separates the ids in the column `ids`.
inline constexpr char kIdSeparator = '\x1f';

// clang-format off
/// Returns the statement of one collection, to be prepared. It reads the time range from its first
/// argument to `hakem.horizon`. Its rows are (part, name, type, ids, v1 … v8), for ReadGame:
///
/// part                 | name      | type      | ids | v1       v2      v3    v4    v5       v6        v7      v8
/// span                 |           |           |     | from     horizon now   exact
/// live                 | status    | game type | all | sessions taken   free  long  play age lobby age started unusable
/// requested            | status    | game type | one | created  started wait  play  live     completed
/// created              | status    | game type | one | created  started wait  play  live     completed
/// created_overflow     |           | game type |     | sessions
/// connections          |           |           | all | online   stale   all
/// requested_connection | reason    |           | one | active   closed
/// closed_connection    | reason    |           | one | closed
/// moves                | move type |           |     | moves
/// response_bucket      |           |           |     | bound    moves
/// responses            |           |           |     | moves    seconds null  negative too long
/// finished             |           |           |     | games    play time out of range
/// moving               |           |           | all | games
///
/// - The times of `span`, `created` and `closed` are microseconds since 1970. Durations are seconds,
///   but the play time of `finished` is microseconds. NaN: one of its two times is out of range.
/// - `long` counts long-running sessions; `unusable` is a combination of the kUnusable… bits.
/// - `requested` and `requested_connection` are the rows that were requested by id.
/// - `closed_connection` are connections that were closed in the time range.
/// - `created_overflow` counts new sessions beyond kMaxRows.
/// - `moves` has a row for each type, also for types that are not known yet.
/// - `response_bucket` counts the moves that took at most the bound with that index, from 0.
/// - A part whose columns are missing has no rows.
///
/// No value in the tables makes the statement fail. Its result has at most kMaxFollowedRows ids of
/// kMaxTextBytes bytes in a column, and kMaxRows rows in a part.
// clang-format on
std::string GameSql(const GameStatement& statement);

}  // namespace hakem::collectors

#pragma once

#include <span>
#include <string>
#include <string_view>

#include "collectors/game/families.h"
#include "collectors/game/schema.h"
#include "model/time.h"

namespace hakem::collectors {

/// At most so many values of a label that the game's rows choose; what comes later is `other`.
inline constexpr std::size_t kLabelBudget = 20;
inline constexpr std::string_view kOther = "other";

/// The statement that settles how far rows may be counted and leaves it in the session: a row's
/// `default now()` is the start of its transaction, so rows from before the oldest open transaction
/// are all there, and those after it may not be. Settings `hakem.bound` (microseconds since 1970)
/// and `hakem.exact` (1, or 0 when the cap had to be used).
///
/// To be run before the game statement, as one of its own: under READ COMMITTED the later statement
/// sees all that was committed when the bound was taken. Both are planned generically
/// (plan_cache_mode of the session): planning is over half the cost of such a statement.
/// `sees_transactions`: false on a standby, where the writers are elsewhere, and without
/// pg_monitor, where the server hides other roles' xact_start. Then the bound is the cap, counted
/// on a standby from what it has replayed.
std::string BoundSql(bool sees_transactions, Duration holdback_cap);

inline constexpr std::string_view kBoundParameterTypes = "(bigint, bigint)";

/// The arguments: where the last collection ended, and where counting started. Once prepared a
/// transaction shows when that was, later than its rows: it holds the bound where it stands until
/// it ends. Those that were prepared before counting started hold nothing.
std::string BoundArguments(PgTimestamp watermark, PgTimestamp started_at);

/// Sets the bound of the next game statement by hand, to read a span of the past again.
std::string FixedBoundSql(PgTimestamp bound);

/// What the game statement needs to know.
struct GameStatement {
  const GameSchema& schema;
  const GameOffer& offer;
  const GameOptions& options;
  std::span<const std::string> move_types;  ///< Those counted by name, sorted.
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

/// The one statement of a collection, to be prepared. Rows (part, name, type, ids, v1 … v7), for
/// ReadGame:
///
///   part     name       type       ids   v1        v2       v3    v4            v5        v6 v7
///   span                                 from      bound    now   exact
///   live     status     game type  all   sessions  taken    free  long-running  play age  lobby
///   age  started asked    status     game type  its   created   started  wait  play time     live
///   completed created  status     game type  its   created   started  wait  play time     live
///   completed sockets                        all   online    stale socket   reason its   active
///   moves    move type                   moves
///   response                             bound     moves
///   responses                            moves     seconds  null  negative
///   finished                             games     play time
///
/// `span`: instants, in microseconds since 1970, as is `created`; the other times are seconds, but
/// the last play time, which is microseconds. `asked` and `socket`: the rows that were asked for.
/// `moves`: types that are not known yet have a row for each move. `response`: how many took at
/// most the bound of that number, from 0. A part whose columns are missing has no rows.
std::string GameSql(const GameStatement& statement);

}  // namespace hakem::collectors

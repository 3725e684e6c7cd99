#pragma once

#include <span>
#include <string>
#include <string_view>

#include "collectors/game/families.h"
#include "collectors/game/schema.h"
#include "model/time.h"

namespace hakem::collectors {

/// The counters are never further behind the database's clock: beyond it one stuck transaction
/// would freeze them.
inline constexpr Duration kHoldbackCap = std::chrono::seconds(30);

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
/// pg_monitor, where the server hides other roles' xact_start. Then the bound is the cap.
std::string BoundSql(bool sees_transactions);

/// What the game statement needs to know.
struct GameStatement {
  const GameSchema& schema;
  const GameOffer& offer;
  const GameOptions& options;
  std::span<const std::string> move_types;  ///< Those counted by name, sorted.
};

/// The one statement of a collection, to be prepared with one bigint parameter, the microseconds
/// since 1970 at which the last one ended. Rows (part, name, type, v1 … v6), for ReadGame:
///
///   part      name       type       v1        v2     v3    v4            v5          v6
///   span                            from      bound  now   exact
///   live      status     game type  sessions  taken  free  long-running  play age    lobby age
///   sockets                         online    stale
///   created              game type  1                      (a row for each session)
///   moves     move type             moves                  (unknown types: a row for each move)
///   finished                        games     microseconds from start to completion
///
/// Instants are microseconds since 1970, ages seconds. A part whose columns are missing has no
/// rows.
std::string GameSql(const GameStatement& statement);

}  // namespace hakem::collectors

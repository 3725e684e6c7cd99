#pragma once

#include <string>
#include <string_view>

#include "model/time.h"

namespace hakem::collectors {

/// The statement that settles how far rows may be counted and leaves it in the session: a row's
/// `default now()` is the start of its transaction, so rows from before the oldest open transaction
/// are all there, and those after it may not be. Settings `hakem.bound` (microseconds since 1970)
/// and `hakem.exact` (1, or 0 when the cap had to be used).
///
/// To be run before the game statement, as one of its own: under READ COMMITTED the later statement
/// sees all that was committed when the bound was taken. Both are planned generically
/// (plan_cache_mode of the session): planning is over half the cost of such a statement.
///
/// Where the writers cannot be seen the bound is the cap: on a standby, whose writers are elsewhere
/// (there counted from what it has replayed), and for a role that is no member of
/// pg_read_all_stats, from which the server hides other roles' xact_start. The statement finds that
/// out each time: a standby may be promoted, and a role granted, while the session lasts.
///
/// Where the condition `unchanged` (UnchangedSql) is not true it fails: the statement behind it, in
/// the same round trip, is then not even planned, which could run code of a view's owner.
std::string HorizonSql(Duration holdback_cap, std::string_view unchanged = "true");

inline constexpr std::string_view kHorizonParameterTypes = "(bigint, bigint)";

/// The arguments: where the last collection ended, and where counting started. Once prepared a
/// transaction shows when that was, later than its rows: it holds the bound where it stands until
/// it ends. Those that were prepared before counting started hold nothing.
std::string HorizonArguments(PgTimestamp watermark, PgTimestamp started_at);

/// Sets the bound of the next game statement by hand, to read a span of the past again. Fails as
/// HorizonSql does.
std::string FixedHorizonSql(PgTimestamp bound, std::string_view unchanged = "true");

/// A statement with its semicolon, to be put before another one: fails as HorizonSql does.
std::string UnlessChangedSql(std::string_view unchanged);

}  // namespace hakem::collectors

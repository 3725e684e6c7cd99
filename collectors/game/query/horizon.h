#pragma once

#include <string>
#include <string_view>

#include "model/time.h"

namespace hakem::collectors {

/// Returns the statement that determines the visibility horizon and stores it in the session: all
/// rows whose time is before the horizon are committed, so they can be counted. A row's `default
/// now()` is the start of its transaction, so the horizon is the start of the oldest open
/// transaction, but at most `holdback_cap` ago.
///
/// It sets `hakem.horizon` (microseconds since 1970) and `hakem.exact`: 1, or 0 if the cap was
/// used, so that rows from before the horizon may still be committed.
///
/// It must be a statement of its own before the game statement: under READ COMMITTED the later
/// statement sees everything that was committed when the horizon was determined. Both statements
/// use generic plans (the session sets plan_cache_mode), because planning is over half of their
/// cost.
///
/// If open transactions cannot be seen, the cap is used. That is so on a standby, whose cap counts
/// from the last replayed transaction, and for a role that is no member of pg_read_all_stats, from
/// which the server hides other roles' xact_start. The statement checks this every time, because a
/// standby can be promoted and a role can be granted during the session.
///
/// If the condition `unchanged` (UnchangedSql) is false the statement fails. The game statement
/// behind it in the same round trip is then not even planned; planning could run code of a view's
/// owner.
std::string HorizonSql(Duration holdback_cap, std::string_view unchanged = "true");

inline constexpr std::string_view kHorizonParameterTypes = "(bigint, bigint)";

/// Returns the arguments of HorizonSql: where the last collection ended, and where counting
/// started. A prepared transaction shows only when it was prepared, not when it began. While one is
/// open that was prepared after `started_at`, the horizon does not move beyond `watermark`.
std::string HorizonArguments(PgTimestamp watermark, PgTimestamp started_at);

/// Returns a statement that sets the horizon to a fixed time, to read a past time range again.
/// Fails as HorizonSql does if the condition `unchanged` is false.
std::string FixedHorizonSql(PgTimestamp horizon, std::string_view unchanged = "true");

/// Returns a statement with its semicolon that fails if the condition `unchanged` is false. It is
/// put before another statement in the same round trip.
std::string FailIfChangedSql(std::string_view unchanged);

}  // namespace hakem::collectors

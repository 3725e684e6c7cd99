#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "collectors/core/collector.h"
#include "collectors/game/counting/game_state.h"
#include "collectors/game/counting/window.h"
#include "collectors/game/schema/families.h"
#include "collectors/game/schema/schema.h"

namespace hakem::collectors {

/// The events of a table. Windows are filled with past events when Hakem starts, so that their
/// gauges are right from the first collection.
struct SeedSource {
  std::string_view table;
  std::string_view at;             ///< The column with the time of an event.
  std::string_view since = {};     ///< The column with its start; empty: it has no duration.
  std::string condition = "true";  ///< Which rows are events.
};

/// Returns a query that reads the range [horizon − length, horizon): one row (slice, count,
/// microseconds, unusable) for each slice with events. Slice 0 ends at `horizon`; slices are
/// half-open. `count` excludes events that end before they start, and those whose start is out of
/// range, which are counted as `unusable`.
std::string SeedSql(const GameSchema& schema, const SeedSource& source, const WindowShape& shape,
                    PgTimestamp horizon);

/// Returns all slices of the window, oldest first, including those without events. Errors:
/// kInternal: the rows are not those of SeedSql.
Result<std::vector<Interval>> SeedIntervals(const Rows& rows, const WindowShape& shape,
                                            PgTimestamp horizon);

/// Fills the windows of all available metrics with the past up to `horizon`, by one query each.
/// Returns how many rows were unusable. If a query fails, for example because an index is missing
/// and it takes too long, its window stays empty until collections have filled it; a warning is
/// logged. If the condition `unchanged` (UnchangedSql) is false nothing is read. Errors:
/// kUnavailable: the connection was lost.
Result<std::uint64_t> SeedWindows(const CollectorContext& context, const GameSchema& schema,
                                  const AvailableMetrics& available, std::string_view unchanged,
                                  PgTimestamp horizon, GameWindows& windows);

}  // namespace hakem::collectors

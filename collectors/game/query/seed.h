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

/// The events of a table: what a window is filled with when Hakem starts, so that its gauge is
/// right from the first collection.
struct SeedSource {
  std::string_view table;
  std::string_view at;             ///< The time of an event.
  std::string_view since = {};     ///< Where the length of an event begins; empty: it has none.
  std::string condition = "true";  ///< What makes a row an event.
};

/// One bounded range read: a row (slice, count, microseconds, unusable) for each slice of [bound −
/// length, bound) that has events. Slice 0 is the one that ends at `bound`; slices are half-open as
/// the range is. Events that end before they begin are passed over, and so are those whose
/// beginning cannot be computed with, which are `unusable`.
std::string SeedSql(const GameSchema& schema, const SeedSource& source, const WindowShape& shape,
                    PgTimestamp bound);

/// All slices of the window, oldest first, those without events too. Errors: kInternal: not
/// SeedSql's rows.
Result<std::vector<Interval>> SeedIntervals(const Rows& rows, const WindowShape& shape,
                                            PgTimestamp bound);

/// Fills every window that is on offer with the past of `bound`: one query each. A window that
/// cannot be filled (no index, and so no time) stays empty until it has filled itself; the log says
/// so. Returns how many rows were unusable. Reads nothing where the condition `unchanged`
/// (UnchangedSql) is not true. Errors: kUnavailable.
Result<std::uint64_t> SeedWindows(const CollectorContext& context, const GameSchema& schema,
                                  const AvailableMetrics& offer, std::string_view unchanged,
                                  PgTimestamp bound, GameWindows& windows);

}  // namespace hakem::collectors

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/core/session.h"

namespace hakem::collectors {

/// A table that a plan reads from one end to the other although it is big.
struct BigScan {
  std::string schema;  ///< Of the table; of the whole one where a partition is read.
  std::string table;
  std::int64_t bytes = 0;  ///< Of the biggest part that is read: the table, or one partition.

  bool operator==(const BigScan&) const = default;
};

/// A sequential scan of a table up to this size costs about as much as an index would save.
inline constexpr std::int64_t kBigTable = std::int64_t{8} << 20;

/// The tables above `big` bytes that `sql` would read in full even when the planner is asked to
/// avoid it: where there is no index that helps. Plans the statement as the session would once it
/// is prepared with these parameter types (`(bigint, uuid[])`, empty for none), and runs nothing of
/// it. Each table once. Errors: the session's.
Result<std::vector<BigScan>> FindBigScans(Session& session, std::string_view types,
                                          std::string_view sql, std::string_view arguments,
                                          std::int64_t big = kBigTable);

/// The relations behind `Seq Scan on` in an EXPLAIN (VERBOSE) as text, as SQL writes them, each
/// once.
std::vector<std::string> ScannedRelations(const Rows& plan);

}  // namespace hakem::collectors

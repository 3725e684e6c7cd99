#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/core/session.h"

namespace hakem::collectors {

/// A big table that a plan reads sequentially.
struct BigScan {
  std::string schema;
  std::string table;       ///< For a partition, its partitioned table.
  std::int64_t bytes = 0;  ///< The size of the table, or of the biggest partition that is read.

  bool operator==(const BigScan&) const = default;
};

/// Up to this size a sequential scan costs about as little as an index scan. In bytes.
inline constexpr std::int64_t kBigTable = std::int64_t{8} << 20;

/// Returns the tables larger than `big` bytes that `sql` would read sequentially even with
/// enable_seqscan off, because no index helps. It plans the statement as a prepared one with these
/// parameter types (such as `(bigint, uuid[])`; empty for none) and does not execute it. Each table
/// is returned once. Errors: those of Session::Query.
Result<std::vector<BigScan>> FindBigScans(Session& session, std::string_view types,
                                          std::string_view sql, std::string_view arguments,
                                          std::int64_t big = kBigTable);

/// Returns the relations after `Seq Scan on` in the text of an EXPLAIN (VERBOSE), as SQL writes
/// them. Each relation is returned once.
std::vector<std::string> ScannedRelations(const Rows& plan);

}  // namespace hakem::collectors

#include "collectors/game/query/table_suspension.h"

#include <fmt/format.h>

#include <algorithm>

#include "collectors/game/query/statements.h"
#include "collectors/game/schema/families.h"

namespace hakem::collectors {
namespace {

/// A column by which each collection searches a table.
struct NeededIndex {
  std::string_view table;
  std::string_view column;
};

constexpr NeededIndex kNeeded[] = {
    {"game_history", "completed_at"},
    {"game_moves", "timestamp"},
    {"game_sessions", "status"},
    {"game_sessions", "created_at"},
    {"websocket_connections", "is_active"},
};

std::string Reason(const GameSchema& schema, std::string_view table, std::int64_t bytes) {
  const std::string name = fmt::format("{}.{}", QuoteIdentifier(schema.name),
                                       QuoteIdentifier(schema.names.TableName(table)));
  std::string indexes;
  for (const NeededIndex& index : kNeeded) {
    if (index.table == table) {
      indexes += fmt::format("{}CREATE INDEX CONCURRENTLY ON {} ({})", indexes.empty() ? "" : "; ",
                             name, QuoteIdentifier(schema.names.ColumnName(table, index.column)));
    }
  }
  return fmt::format(
      "{} ({} MiB) would be read in full at each collection; an index is missing: {}", name,
      bytes >> 20, indexes);
}

/// Suspends the scanned tables of the schema. Returns whether there was one.
bool Suspend(const std::vector<BigScan>& scans, GameSchema& schema) {
  bool suspended = false;
  for (const BigScan& scan : scans) {
    for (auto& [name, table] : schema.tables) {
      if (scan.schema == schema.name && scan.table == schema.names.TableName(name) &&
          table.suspension.empty()) {
        table.suspension = Reason(schema, name, scan.bytes);
        suspended = true;
      }
    }
  }
  return suspended;
}

}  // namespace

Result<void> SuspendScannedTables(Session& session, const GameOptions& options, GameSchema& schema,
                                  std::int64_t big) {
  while (!schema.name.empty()) {
    const AvailableMetrics available(schema);
    const auto scans =
        FindBigScans(session, GameParameterTypes(schema), GameSql({schema, available, options, {}}),
                     GameArguments(schema, PgTimestamp(), {}, {}), big);
    if (!scans) {
      return Fail(scans.error());
    }
    if (!Suspend(*scans, schema)) {
      break;
    }
  }
  return {};
}

}  // namespace hakem::collectors

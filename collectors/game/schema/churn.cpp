#include "collectors/game/schema/churn.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

namespace hakem::collectors {
namespace {

/// Reading this many dead row versions takes about a millisecond of each collection.
constexpr double kMostDeadRows = 10'000;

constexpr std::string_view kSql = R"(
SELECT c.relname AS table, current_setting('autovacuum')::boolean AS server,
       coalesce(o.enabled, true) AS enabled,
       coalesce(o.threshold, current_setting('autovacuum_vacuum_threshold')::float8)
         + coalesce(o.scale, current_setting('autovacuum_vacuum_scale_factor')::float8)
           * greatest(c.reltuples, 0) AS dead
FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid,
     LATERAL (SELECT
       bool_and(option_value::boolean) FILTER (WHERE option_name = 'autovacuum_enabled')
         AS enabled,
       max(option_value::float8) FILTER (WHERE option_name = 'autovacuum_vacuum_threshold')
         AS threshold,
       max(option_value::float8) FILTER (WHERE option_name = 'autovacuum_vacuum_scale_factor')
         AS scale
       FROM pg_options_to_table(c.reloptions)
       WHERE option_name LIKE 'autovacuum%') o
WHERE c.relkind = 'r' AND n.nspname = {} AND c.relname IN ({})
ORDER BY 1)";

std::string Tuned(const std::string& relation, std::string_view enabled) {
  return fmt::format(
      "ALTER TABLE {} SET ({}autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = "
      "1000)",
      relation, enabled);
}

}  // namespace

std::string ChurnSql(const GameSchema& schema) {
  std::vector<std::string> tables;
  for (const std::string_view table : kUpdatedTables) {
    tables.push_back(QuoteLiteral(schema.names.TableName(table)));
  }
  return fmt::format(kSql, QuoteLiteral(schema.name), fmt::join(tables, ", "));
}

Result<std::vector<ChurnWarning>> ReadChurn(const Rows& rows, const GameSchema& schema) {
  if (rows.columns() != std::vector<std::string>{"table", "server", "enabled", "dead"}) {
    return Fail(ErrorCode::kInternal, "the catalog's answer about autovacuum has other columns");
  }
  std::vector<ChurnWarning> warnings;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (rows.Text(row, 1) == "f" && warnings.empty()) {
      warnings.push_back({"", "autovacuum is off on the whole server: nothing removes dead rows",
                          "ALTER SYSTEM SET autovacuum = on"});
    }
    const std::string_view name = rows.Text(row, 0).value_or("");
    const std::string table = fmt::format("{}.{}", schema.name, name);
    const std::string relation =
        fmt::format("{}.{}", QuoteIdentifier(schema.name), QuoteIdentifier(name));
    const double dead = rows.Number(row, 3).value_or(0);
    if (rows.Text(row, 2) == "f") {
      warnings.push_back({table, "autovacuum is off for this table: nothing removes dead rows",
                          Tuned(relation, "autovacuum_enabled = true, ")});
    } else if (dead > kMostDeadRows) {
      warnings.push_back(
          {table,
           fmt::format("autovacuum waits for {:.0f} dead rows, which each collection reads again",
                       dead),
           Tuned(relation, "")});
    }
  }
  return warnings;
}

void WarnOfChurn(const CollectorContext& context, const GameSchema& schema) {
  const auto warnings = context.session.Query(ChurnSql(schema)).and_then([&](const Rows& rows) {
    return ReadChurn(rows, schema);
  });
  if (!warnings) {
    context.log.Debug("autovacuum not checked", {{"error", warnings.error().message}});
    return;
  }
  for (const ChurnWarning& warning : *warnings) {
    context.log.Warn(
        "live rows may churn",
        {{"table", warning.table}, {"reason", warning.reason}, {"remedy", warning.remedy}});
  }
}

}  // namespace hakem::collectors

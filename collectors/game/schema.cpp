#include "collectors/game/schema.h"

#include <fmt/format.h>

#include <algorithm>

namespace hakem::collectors {
namespace {

constexpr std::string_view kSessions = "game_sessions";

// The catalog's word for what a column may hold comes from three places: enum labels, a CHECK
// constraint of the form `column IN (…)` on that column alone, and the most common values of
// ANALYZE, which hint at more but close nothing.
constexpr std::string_view kSchemaSql = R"(
SELECT n.nspname AS schema, c.relname AS table, a.attname AS column,
       format_type(a.atttypid, NULL) AS type,
       has_schema_privilege(n.oid, 'USAGE') AND has_column_privilege(c.oid, a.attnum, 'SELECT')
         AS readable,
       v.value, v.closed
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN LATERAL (
  SELECT enumlabel::text AS value, true AS closed FROM pg_enum WHERE enumtypid = a.atttypid
  UNION
  SELECT replace(found[1], '''''', ''''), true
  FROM pg_constraint k,
       regexp_matches(pg_get_constraintdef(k.oid), '''((?:[^'']|'''')*)''', 'g') found
  WHERE k.conrelid = c.oid AND k.contype = 'c' AND k.conkey = ARRAY[a.attnum]
    AND pg_get_constraintdef(k.oid) ~ '^CHECK \(+[^ ]+ = ANY \(+ARRAY\['
  UNION
  SELECT unnest(s.most_common_vals::text::text[]), false
  FROM pg_stats s
  WHERE s.schemaname = n.nspname AND s.tablename = c.relname AND s.attname = a.attname
) v ON a.attname IN ('status', 'game_type', 'move_type')
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND c.relname IN ('game_sessions', 'game_moves', 'game_history', 'websocket_connections')
  AND {}
ORDER BY 1, 2, 3, 6)";

void AddValue(GameColumn& column, std::string_view value, bool closed) {
  const auto place = std::lower_bound(column.values.begin(), column.values.end(), value);
  if (place == column.values.end() || *place != value) {
    column.values.emplace(place, value);
  }
  column.closed |= closed;
}

using Schemas = std::map<std::string, GameSchema, std::less<>>;

/// Lower is taken first.
int Rank(std::string_view schema) {
  return schema == "hokm_game" ? 0 : schema == "public" ? 1 : 2;
}

GameSchema Pick(Schemas schemas) {
  std::erase_if(schemas,
                [](const auto& entry) { return !entry.second.tables.contains(kSessions); });
  const auto best = std::min_element(
      schemas.begin(), schemas.end(),
      [](const auto& left, const auto& right) { return Rank(left.first) < Rank(right.first); });
  return best == schemas.end() ? GameSchema{} : std::move(best->second);
}

/// A status the column cannot have would defeat the partial index on the live ones, and is an error
/// where the column is an enum.
void KeepPossible(std::vector<std::string>& words, const GameColumn* status) {
  if (status == nullptr || !status->closed) {
    return;
  }
  std::erase_if(words, [&](const std::string& word) {
    return !std::binary_search(status->values.begin(), status->values.end(), word);
  });
}

}  // namespace

const GameColumn* GameSchema::Find(std::string_view table, std::string_view column) const {
  const auto found_table = tables.find(table);
  if (found_table == tables.end()) {
    return nullptr;
  }
  const auto found = found_table->second.columns.find(column);
  return found == found_table->second.columns.end() ? nullptr : &found->second;
}

std::string GameSchema::Qualified(std::string_view table) const {
  return fmt::format("{}.{}", QuoteIdentifier(name), QuoteIdentifier(table));
}

std::string GameSchema::WhyNot(std::string_view table, std::string_view column) const {
  const auto found = tables.find(table);
  if (found == tables.end()) {
    return fmt::format("there is no table {}.{}", name, table);
  }
  const auto& forbidden = found->second.forbidden;
  if (std::find(forbidden.begin(), forbidden.end(), column) != forbidden.end()) {
    return fmt::format("this role may not read {}.{}.{}", name, table, column);
  }
  return fmt::format("table {}.{} has no column {}", name, table, column);
}

std::string SchemaSql(const GameOptions& options) {
  return fmt::format(fmt::runtime(kSchemaSql),
                     options.schema.empty()
                         ? "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"
                         : fmt::format("n.nspname = {}", QuoteLiteral(options.schema)));
}

Result<GameSchema> ReadGameSchema(const Rows& rows) {
  if (rows.columns() != std::vector<std::string>{"schema", "table", "column", "type", "readable",
                                                 "value", "closed"}) {
    return Fail(ErrorCode::kInternal, "the catalog's answer about the game has other columns");
  }
  Schemas schemas;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const auto text = [&](std::size_t column) {
      return std::string(rows.Text(row, column).value_or(""));
    };
    GameSchema& schema = schemas[text(0)];
    schema.name = text(0);
    GameTable& table = schema.tables[text(1)];
    if (text(4) != "t") {
      table.forbidden.push_back(text(2));
      continue;
    }
    GameColumn& column = table.columns[text(2)];
    column.type = text(3);
    if (const auto value = rows.Text(row, 5)) {
      AddValue(column, *value, text(6) == "t");
    }
  }
  GameSchema picked = Pick(std::move(schemas));
  const GameColumn* status = picked.Find(kSessions, "status");
  StatusWords& words = picked.statuses;
  for (auto* list : {&words.live, &words.playing, &words.started, &words.waiting, &words.ended,
                     &words.completed}) {
    KeepPossible(*list, status);
  }
  return picked;
}

}  // namespace hakem::collectors

#include "collectors/game/schema/schema.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "model/check.h"

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
       v.value, v.closed,
       EXISTS (
         SELECT FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am m ON m.oid = x.relam
         WHERE i.indrelid = c.oid AND i.indkey[0] = a.attnum AND i.indisvalid AND m.amname = 'btree'
           AND (i.indpred IS NULL
                OR pg_get_expr(i.indpred, i.indrelid) = format('(%I IS NOT NULL)', a.attname))
       ) AS indexed
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
) v ON (c.relname, a.attname) IN ({words})
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND c.relname IN ({tables}) AND {schema}
ORDER BY 1, 2, 3, 6)";

/// The columns whose values are words that become labels or stand in a condition.
constexpr std::pair<std::string_view, std::string_view> kWordColumns[] = {
    {kSessions, "status"}, {kSessions, "game_type"}, {"game_moves", "move_type"}};

/// `"hokm_game"."game_moves"`, or a sub-select that renames.
std::string SourceOf(const GameSchema& schema, std::string_view table) {
  const std::string qualified = fmt::format("{}.{}", QuoteIdentifier(schema.name),
                                            QuoteIdentifier(schema.names.TableName(table)));
  std::vector<std::string> columns;
  bool renamed = false;
  for (const auto& [ours, column] : schema.tables.find(table)->second.columns) {
    const std::string theirs = schema.names.ColumnName(table, ours);
    renamed |= ours != theirs;
    columns.push_back(fmt::format("{} AS {}", QuoteIdentifier(theirs), QuoteIdentifier(ours)));
  }
  return renamed ? fmt::format("(SELECT {} FROM {}) AS {}", fmt::join(columns, ", "), qualified,
                               QuoteIdentifier(table))
                 : qualified;
}

void AddValue(GameColumn& column, std::string_view value, bool closed) {
  const auto place = std::lower_bound(column.values.begin(), column.values.end(), value);
  if (place == column.values.end() || *place != value) {
    column.values.emplace(place, value);
  }
  column.closed |= closed;
}

/// Adds one of the catalog's rows: a column, and one of its values where it has any.
void AddRow(const Rows& rows, std::size_t row, GameSchema& schema) {
  const auto text = [&](std::size_t column) { return rows.Text(row, column).value_or(""); };
  for (const GameTableSpec& spec : kGameTables) {
    if (schema.names.TableName(spec.name) != text(1)) {
      continue;
    }
    GameTable& table = schema.tables[std::string(spec.name)];
    for (const std::string_view known : spec.columns) {
      if (schema.names.ColumnName(spec.name, known) != text(2)) {
        continue;
      }
      if (text(4) != "t") {
        table.forbidden.emplace_back(known);
        continue;
      }
      GameColumn& column = table.columns[std::string(known)];
      column.type = text(3);
      column.indexed = text(7) == "t";
      if (const auto value = rows.Text(row, 5)) {
        AddValue(column, *value, text(6) == "t");
      }
    }
  }
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

std::string StatusIn(std::span<const std::string> words) {
  return words.empty() ? "false" : fmt::format(R"("status" IN ({}))", Literals(words));
}

std::string Literals(std::span<const std::string> words) {
  std::vector<std::string> quoted;
  quoted.reserve(words.size());
  for (const std::string& word : words) {
    quoted.push_back(QuoteLiteral(word));
  }
  return fmt::format("{}", fmt::join(quoted, ", "));
}

const GameColumn* GameSchema::Find(std::string_view table, std::string_view column) const {
  const auto found_table = tables.find(table);
  if (found_table == tables.end() || !found_table->second.suspended.empty()) {
    return nullptr;
  }
  const auto found = found_table->second.columns.find(column);
  return found == found_table->second.columns.end() ? nullptr : &found->second;
}

const std::string& GameSchema::Source(std::string_view table) const {
  const auto found = tables.find(table);
  HAKEM_CHECK(found != tables.end());
  return found->second.source;
}

std::string GameSchema::WhyNot(std::string_view table, std::string_view column) const {
  const std::string place = fmt::format("{}.{}", name, names.TableName(table));
  const auto found = tables.find(table);
  if (found == tables.end()) {
    return fmt::format("there is no table {}", place);
  }
  if (!found->second.suspended.empty()) {
    return found->second.suspended;
  }
  const std::string theirs = names.ColumnName(table, column);
  const auto& forbidden = found->second.forbidden;
  if (std::find(forbidden.begin(), forbidden.end(), column) != forbidden.end()) {
    return fmt::format("this role may not read {}.{}", place, theirs);
  }
  return fmt::format("table {} has no column {}", place, theirs);
}

std::optional<FinishedGames> FinishedGamesOf(const GameSchema& schema) {
  if (schema.Has("game_history", "started_at") && schema.Has("game_history", "completed_at")) {
    return FinishedGames{"game_history", "true", "game_session_id"};
  }
  const GameColumn* end = schema.Find(kSessions, "completed_at");
  if (end == nullptr || !end->indexed || !schema.Has(kSessions, "started_at") ||
      !schema.Has(kSessions, "status") || schema.statuses.completed.empty()) {
    return std::nullopt;
  }
  return FinishedGames{kSessions, StatusIn(schema.statuses.completed), "id"};
}

std::string SchemaSql(const GameOptions& options) {
  std::vector<std::string> tables;
  for (const GameTableSpec& spec : kGameTables) {
    tables.push_back(QuoteLiteral(options.names.TableName(spec.name)));
  }
  std::vector<std::string> words;
  for (const auto& [table, column] : kWordColumns) {
    words.push_back(fmt::format("({}, {})", QuoteLiteral(options.names.TableName(table)),
                                QuoteLiteral(options.names.ColumnName(table, column))));
  }
  return fmt::format(
      fmt::runtime(kSchemaSql), fmt::arg("words", fmt::join(words, ", ")),
      fmt::arg("tables", fmt::join(tables, ", ")),
      fmt::arg("schema", options.schema.empty()
                             ? "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"
                             : fmt::format("n.nspname = {}", QuoteLiteral(options.schema))));
}

Result<GameSchema> ReadGameSchema(const Rows& rows, const GameOptions& options) {
  if (rows.columns() != std::vector<std::string>{"schema", "table", "column", "type", "readable",
                                                 "value", "closed", "indexed"}) {
    return Fail(ErrorCode::kInternal, "the catalog's answer about the game has other columns");
  }
  Schemas schemas;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    GameSchema& schema = schemas[std::string(rows.Text(row, 0).value_or(""))];
    schema.name = rows.Text(row, 0).value_or("");
    schema.names = options.names;
    AddRow(rows, row, schema);
  }
  GameSchema picked = Pick(std::move(schemas));
  for (auto& [name, table] : picked.tables) {
    table.source = SourceOf(picked, name);
  }
  picked.statuses = options.statuses;
  const GameColumn* status = picked.Find(kSessions, "status");
  StatusWords& words = picked.statuses;
  for (auto* list : {&words.live, &words.waiting, &words.playing, &words.in_play, &words.ended,
                     &words.completed}) {
    KeepPossible(*list, status);
  }
  return picked;
}

}  // namespace hakem::collectors

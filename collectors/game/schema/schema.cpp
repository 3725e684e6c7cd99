#include "collectors/game/schema/schema.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <utility>

#include "model/check.h"

namespace hakem::collectors {
namespace {

constexpr std::string_view kSessions = "game_sessions";

// The possible values of a column come from three places: enum labels, a CHECK constraint of the
// form `column IN (…)` on that column alone, and the most common values of ANALYZE, which do not
// exclude others. Constraints of more than 16 kB are ignored.
//
// `hazard` names code of the tables' owner that a query of ours would run when it is planned or
// executed: a relation or a child of it that is no table, or a function in an index predicate, an
// index expression, a CHECK constraint, a partition key, extended statistics or a cast of a
// column's type. Functions of superusers are trusted; those of PostgreSQL itself are not in
// pg_depend.
constexpr std::string_view kSchemaSql = R"(
WITH relations AS MATERIALIZED (
  SELECT c.oid, n.oid AS space, n.nspname, c.relname, c.relkind,
         row_security_active(c.oid) AS hidden, pg_relation_is_publishable(c.oid) AS publishable
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
    AND c.relname IN ({tables}) AND {schema}
), strangers AS MATERIALIZED (
  SELECT p.oid FROM pg_proc p JOIN pg_roles r ON r.oid = p.proowner
  WHERE p.oid >= 16384 AND NOT r.rolsuper
), hazards AS MATERIALIZED (
  SELECT whole.oid, min(found.what) AS what
  FROM relations whole,
  LATERAL (
    WITH RECURSIVE parts(oid) AS (
      SELECT whole.oid
      UNION
      SELECT i.inhrelid FROM pg_inherits i JOIN parts ON i.inhparent = parts.oid
    ), planned(class, oid) AS (
      SELECT 'pg_class'::regclass, oid FROM parts
      UNION ALL
      SELECT 'pg_class'::regclass, i.indexrelid FROM pg_index i JOIN parts ON i.indrelid = parts.oid
      UNION ALL
      SELECT 'pg_constraint'::regclass, k.oid FROM pg_constraint k JOIN parts ON k.conrelid = parts.oid
      WHERE k.contype = 'c'
      UNION ALL
      SELECT 'pg_statistic_ext'::regclass, x.oid
      FROM pg_statistic_ext x JOIN parts ON x.stxrelid = parts.oid
    )
    SELECT format('the relation %I.%I, which is read with it, is no table', n.nspname, c.relname)
    FROM parts JOIN pg_class c ON c.oid = parts.oid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.oid <> whole.oid AND c.relkind NOT IN ('r', 'p')
    UNION ALL
    SELECT format('%s uses the function %s', pg_describe_object(d.classid, d.objid, 0),
                  d.refobjid::regprocedure)
    FROM planned JOIN pg_depend d ON d.classid = planned.class AND d.objid = planned.oid
    JOIN strangers f ON f.oid = d.refobjid
    WHERE d.refclassid = 'pg_proc'::regclass
    UNION ALL
    SELECT format('%s uses the operator %s', pg_describe_object(d.classid, d.objid, 0),
                  d.refobjid::regoperator)
    FROM planned JOIN pg_depend d ON d.classid = planned.class AND d.objid = planned.oid
    JOIN pg_operator o ON o.oid = d.refobjid
    JOIN strangers f ON f.oid = o.oprcode
    WHERE d.refclassid = 'pg_operator'::regclass
  ) found(what)
  GROUP BY whole.oid
)
SELECT c.nspname AS schema, c.relname AS table, a.attname AS column,
       format_type(b.oid, -1) AS type,
       has_schema_privilege(c.space, 'USAGE') AND has_column_privilege(c.oid, a.attnum, 'SELECT')
         AS readable,
       v.value, v.closed,
       EXISTS (
         SELECT FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am m ON m.oid = x.relam
         WHERE i.indrelid = c.oid AND i.indkey[0] = a.attnum AND i.indisvalid AND m.amname = 'btree'
           AND (i.indpred IS NULL
                OR pg_get_expr(i.indpred, i.indrelid) = format('(%I IS NOT NULL)', a.attname))
       ) AS indexed,
       CASE WHEN b.typtype = 'e' THEN 'enum'
            WHEN b.oid >= 16384 THEN CASE WHEN b.typtype = 'b' AND b.typcategory = 'S' THEN 'string'
                                          ELSE 'other' END
            ELSE b.typname END AS base,
       c.oid AS relation, c.relkind AS kind, c.hidden, c.publishable,
       coalesce((SELECT what FROM hazards h WHERE h.oid = c.oid),
                (SELECT format('a cast of the type %s uses the function %s', format_type(b.oid, -1),
                               k.castfunc::regprocedure)
                 FROM pg_cast k JOIN strangers f ON f.oid = k.castfunc
                 WHERE b.oid >= 16384 AND b.oid IN (k.castsource, k.casttarget) LIMIT 1)) AS hazard,
       a.atttypid <> b.oid AS domain
FROM relations c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
CROSS JOIN LATERAL (
  WITH RECURSIVE chain(oid) AS (
    SELECT a.atttypid
    UNION
    SELECT t.typbasetype FROM chain JOIN pg_type t ON t.oid = chain.oid WHERE t.typtype = 'd')
  SELECT t.oid, t.typname, t.typtype, t.typcategory
  FROM chain JOIN pg_type t ON t.oid = chain.oid WHERE t.typtype <> 'd') b
LEFT JOIN LATERAL (
  SELECT enumlabel::text AS value, true AS closed FROM pg_enum WHERE enumtypid = b.oid
  UNION
  SELECT replace(found[1], '''''', ''''), true
  FROM pg_constraint k,
       regexp_matches(pg_get_constraintdef(k.oid), '''((?:[^'']|'''')*)''', 'g') found
  WHERE k.conrelid = c.oid AND k.contype = 'c' AND k.conkey = ARRAY[a.attnum]
    AND octet_length(pg_get_constraintdef(k.oid)) <= 16384
    AND pg_get_constraintdef(k.oid) ~ '^CHECK \(+[^ ]+ = ANY \(+ARRAY\['
  UNION
  SELECT unnest(s.most_common_vals::text::text[]), false
  FROM pg_stats s
  WHERE s.schemaname = c.nspname AND s.tablename = c.relname AND s.attname = a.attname
) v ON (c.relname, a.attname) IN ({words})
ORDER BY 1, 2, 3, 6)";

/// The columns whose values become labels or are part of a condition.
constexpr std::pair<std::string_view, std::string_view> kWordColumns[] = {
    {kSessions, "status"}, {kSessions, "game_type"}, {"game_moves", "move_type"}};

/// Returns `"hokm_game"."game_moves"`, or a sub-select that renames columns and casts those of a
/// domain to its base type, because a domain over an enum lacks operators. The planner uses indexes
/// through both.
std::string SourceOf(const GameSchema& schema, std::string_view table) {
  const std::string qualified = fmt::format("{}.{}", QuoteIdentifier(schema.name),
                                            QuoteIdentifier(schema.names.TableName(table)));
  std::vector<std::string> columns;
  bool renamed = false;
  for (const auto& [ours, column] : schema.tables.find(table)->second.columns) {
    const std::string theirs = schema.names.ColumnName(table, ours);
    renamed |= ours != theirs;
    renamed |= column.is_domain;
    columns.push_back(fmt::format("{}{} AS {}", QuoteIdentifier(theirs),
                                  column.is_domain ? "::" + column.type : "",
                                  QuoteIdentifier(ours)));
  }
  return renamed ? fmt::format("(SELECT {} FROM {}) AS {}", fmt::join(columns, ", "), qualified,
                               QuoteIdentifier(table))
                 : qualified;
}

enum class Use { kId, kWord, kNumber, kTime, kInterval, kFlag };

struct ColumnUse {
  std::string_view column;
  Use use;
};

constexpr ColumnUse kUses[] = {
    {"id", Use::kId},
    {"game_session_id", Use::kId},
    {"connection_id", Use::kId},
    {"player_id", Use::kId},
    {"status", Use::kWord},
    {"game_type", Use::kWord},
    {"move_type", Use::kWord},
    {"disconnect_reason", Use::kWord},
    {"current_players", Use::kNumber},
    {"max_players", Use::kNumber},
    {"rating", Use::kNumber},
    {"created_at", Use::kTime},
    {"started_at", Use::kTime},
    {"completed_at", Use::kTime},
    {"updated_at", Use::kTime},
    {"timestamp", Use::kTime},
    {"last_ping", Use::kTime},
    {"disconnected_at", Use::kTime},
    {"last_seen", Use::kTime},
    {"response_time", Use::kInterval},
    {"is_active", Use::kFlag},
};

constexpr std::string_view kTexts[] = {"text", "varchar", "bpchar", "name", "string"};
constexpr std::string_view kIdTypes[] = {"uuid", "int2", "int4", "int8", "numeric"};
constexpr std::string_view kWordTypes[] = {"enum", "int2", "int4", "int8"};
constexpr std::string_view kNumberTypes[] = {"int2", "int4", "int8", "float4", "float8", "numeric"};
constexpr std::string_view kTimeTypes[] = {"timestamptz", "timestamp", "date"};
constexpr std::string_view kIntervalTypes[] = {"interval"};
constexpr std::string_view kFlagTypes[] = {"bool"};

struct UseSpec {
  std::string_view name;
  std::span<const std::string_view> types;
  bool takes_text = false;
};

/// The accepted types, indexed by Use. Their operators, casts and text forms are PostgreSQL's own.
constexpr UseSpec kUseSpecs[] = {
    {"an id", kIdTypes, true}, {"a word", kWordTypes, true},         {"a number", kNumberTypes},
    {"a time", kTimeTypes},    {"a length of time", kIntervalTypes}, {"a boolean", kFlagTypes},
};

const UseSpec& SpecOf(std::string_view column) {
  const auto* const found = std::find_if(std::begin(kUses), std::end(kUses),
                                         [&](const auto& use) { return use.column == column; });
  HAKEM_CHECK(found != std::end(kUses));
  return kUseSpecs[static_cast<std::size_t>(found->use)];
}

bool Contains(std::span<const std::string_view> types, std::string_view type) {
  return std::find(types.begin(), types.end(), type) != types.end();
}

/// Returns whether the type of a column is accepted. `base` is a name in pg_type, or `enum`,
/// `string` or `other` for types that are not PostgreSQL's own.
bool Fits(std::string_view column, std::string_view base) {
  const UseSpec& spec = SpecOf(column);
  return Contains(spec.types, base) || (spec.takes_text && Contains(kTexts, base));
}

/// Returns why reading a relation is not safe; empty if it is. Row level security is always
/// refused, because the rows that it hides would be missing from every metric.
std::string WhyRefused(const std::string& relation, std::string_view kind, bool is_hidden,
                       std::string_view hazard, bool allow_views) {
  if (is_hidden) {
    return fmt::format(
        "row level security would hide rows of {0} from this role: ALTER ROLE … BYPASSRLS for the "
        "role of Hakem, or ALTER TABLE {0} DISABLE ROW LEVEL SECURITY",
        relation);
  }
  if (allow_views) {
    return "";
  }
  if (kind == "v" || kind == "f") {
    return fmt::format(
        "{} is a {}: reading it would run code of its owner with the rights of this role; map the "
        "game to a table, or set allow_views: true for the game if its owner is trusted with them",
        relation, kind == "v" ? "view" : "foreign table");
  }
  return hazard.empty()
             ? ""
             : fmt::format(
                   "reading {} would run code of its owner with the rights of this role: {}; drop "
                   "that, or set allow_views: true for the game if its owner is trusted with them",
                   relation, hazard);
}

void AddValue(GameColumn& column, std::string_view value, bool closed) {
  const auto place = std::lower_bound(column.values.begin(), column.values.end(), value);
  if (place == column.values.end() || *place != value) {
    column.values.emplace(place, value);
  }
  column.closed |= closed;
}

// The columns of kSchemaSql.
constexpr std::string_view kSchemaColumns[] = {
    "schema", "table",    "column", "type",   "readable",    "value",  "closed", "indexed",
    "base",   "relation", "kind",   "hidden", "publishable", "hazard", "domain"};

/// Adds one row of the catalog: a column, and one of its values if the row has one.
void AddRow(const Rows& rows, std::size_t row, const GameOptions& options, GameSchema& schema) {
  const auto text = [&](std::size_t column) { return rows.Text(row, column).value_or(""); };
  for (const GameTableSpec& spec : kGameTables) {
    if (schema.names.TableName(spec.name) != text(1)) {
      continue;
    }
    GameTable& table = schema.tables[std::string(spec.name)];
    table.relation = text(9);
    table.is_publishable = text(12) == "t";
    for (const std::string_view known : spec.columns) {
      if (schema.names.ColumnName(spec.name, known) != text(2)) {
        continue;
      }
      if (text(4) != "t") {
        table.forbidden.emplace_back(known);
        continue;
      }
      if (!Fits(known, text(8))) {
        table.unsupported.insert_or_assign(std::string(known), std::string(text(3)));
        continue;
      }
      GameColumn& column = table.columns[std::string(known)];
      column.type = text(3);
      column.indexed = text(7) == "t";
      column.is_text = Contains(kTexts, text(8));
      column.is_domain = text(14) == "t";
      if (const auto value = rows.Text(row, 5)) {
        AddValue(column, *value, text(6) == "t");
      }
      if (table.refusal.empty()) {
        table.refusal = WhyRefused(fmt::format("{}.{}", text(0), text(1)), text(10),
                                   text(11) == "t", text(13), options.allow_views);
      }
    }
  }
}

using Schemas = std::map<std::string, GameSchema, std::less<>>;

/// The schema with the lowest rank is chosen.
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

template <typename Number>
bool IsNumber(const std::string& word) {
  Number number{};
  const char* const end = word.data() + word.size();
  const auto [at, error] = std::from_chars(word.data(), end, number);
  return error == std::errc{} && at == end;
}

/// Removes the words that the status column cannot have. They would keep the planner from using the
/// partial index on live rows, and are an error if the column is an enum or a number.
void KeepPossible(std::vector<std::string>& words, const GameColumn* status) {
  if (status == nullptr) {
    return;
  }
  if (status->type == "smallint") {
    std::erase_if(words, [](const std::string& word) { return !IsNumber<std::int16_t>(word); });
  } else if (status->type == "integer") {
    std::erase_if(words, [](const std::string& word) { return !IsNumber<std::int32_t>(word); });
  } else if (status->type == "bigint") {
    std::erase_if(words, [](const std::string& word) { return !IsNumber<std::int64_t>(word); });
  }
  if (!status->closed) {
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
  if (found_table == tables.end() || !found_table->second.suspension.empty() ||
      !found_table->second.refusal.empty()) {
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

std::string GameSchema::WhyUnavailable(std::string_view table, std::string_view column) const {
  const std::string place = fmt::format("{}.{}", name, names.TableName(table));
  const auto found = tables.find(table);
  if (found == tables.end()) {
    return fmt::format("there is no table {}", place);
  }
  if (!found->second.refusal.empty()) {
    return found->second.refusal;
  }
  if (!found->second.suspension.empty()) {
    return found->second.suspension;
  }
  const std::string theirs = names.ColumnName(table, column);
  const auto& forbidden = found->second.forbidden;
  if (std::find(forbidden.begin(), forbidden.end(), column) != forbidden.end()) {
    return fmt::format("this role may not read {}.{}", place, theirs);
  }
  if (const auto unsupported = found->second.unsupported.find(column);
      unsupported != found->second.unsupported.end()) {
    return fmt::format("{}.{} is of type {}, not {}", place, theirs, unsupported->second,
                       SpecOf(column).name);
  }
  return fmt::format("table {} has no column {}", place, theirs);
}

Result<void> CheckTables(const GameSchema& schema, std::span<const std::string_view> tables) {
  for (const std::string_view table : tables) {
    const auto found = schema.tables.find(table);
    if (found != schema.tables.end() && !found->second.refusal.empty()) {
      return Fail(ErrorCode::kRefused, found->second.refusal);
    }
  }
  return {};
}

std::string UnchangedSql(const GameSchema& schema, std::span<const std::string_view> tables) {
  std::vector<std::string> conditions;
  for (const std::string_view name : tables) {
    const auto found = schema.tables.find(name);
    if (found == schema.tables.end() || found->second.columns.empty()) {
      continue;
    }
    const GameTable& table = found->second;
    const std::string path = fmt::format("{}.{}", QuoteIdentifier(schema.name),
                                         QuoteIdentifier(schema.names.TableName(name)));
    conditions.push_back(
        fmt::format("coalesce(to_regclass({0}) = {1}::oid AND NOT row_security_active({1}::oid)\n"
                    "                  AND pg_relation_is_publishable({1}::regclass) = {2}, false)",
                    QuoteLiteral(path), table.relation, table.is_publishable));
  }
  return conditions.empty() ? "true" : fmt::format("{}", fmt::join(conditions, "\n  AND "));
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
  if (!std::ranges::equal(rows.columns(), kSchemaColumns)) {
    return Fail(ErrorCode::kInternal, "the catalog's answer about the game has other columns");
  }
  Schemas schemas;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    GameSchema& schema = schemas[std::string(rows.Text(row, 0).value_or(""))];
    schema.name = rows.Text(row, 0).value_or("");
    schema.names = options.names;
    AddRow(rows, row, options, schema);
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

#include "dba/relation_check.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <vector>

#include "collectors/core/game_options.h"
#include "dba/script_text.h"

namespace hakem::dba {
namespace {

using collectors::GameSchema;
using collectors::QuoteLiteral;
using collectors::Rows;

// Follows domains to their base types and arrays to their element types. Only a superuser can
// create a type, an operator class or a relation in pg_catalog.
constexpr std::string_view kSql = R"(
WITH RECURSIVE
known(relation, field) AS (VALUES {columns}),
relation AS (
  SELECT c.oid, c.relname, c.relkind
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = {schema} AND c.relname IN (SELECT k.relation FROM known k)),
family(top, member) AS (
  SELECT r.oid, r.oid FROM relation r
  UNION
  SELECT f.top, i.inhrelid FROM family f JOIN pg_inherits i ON i.inhparent = f.member),
used(top, field, type) AS (
  SELECT r.oid, a.attname, a.atttypid
  FROM relation r JOIN known k ON k.relation = r.relname
       JOIN pg_attribute a ON a.attrelid = r.oid AND a.attname = k.field
  WHERE a.attnum > 0 AND NOT a.attisdropped
  UNION
  SELECT u.top, u.field, CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.typelem END
  FROM used u JOIN pg_type t ON t.oid = u.type
  WHERE t.typtype = 'd' OR (t.typcategory = 'A' AND t.typelem <> 0)),
foreign_type AS (
  SELECT u.top, u.field, t.oid, t.typtype, t.typcategory
  FROM used u JOIN pg_type t ON t.oid = u.type
  WHERE t.typnamespace <> 'pg_catalog'::regnamespace)
SELECT r.relname AS relation, 'kind' AS problem, r.relkind::text AS detail, NULL AS subject
FROM relation r WHERE r.relkind NOT IN ('r', 'p')
UNION ALL
SELECT r.relname, 'child', c.relkind::text, c.oid::regclass::text
FROM relation r JOIN family f ON f.top = r.oid JOIN pg_class c ON c.oid = f.member
WHERE f.member <> r.oid AND c.relkind NOT IN ('r', 'p')
UNION ALL
SELECT r.relname, 'type', format_type(t.oid, NULL), t.field
FROM relation r JOIN foreign_type t ON t.top = r.oid
WHERE t.typtype NOT IN ('e', 'd') AND t.typcategory <> 'A'
UNION ALL
SELECT r.relname, 'cast', format_type(t.oid, NULL), t.field
FROM relation r JOIN foreign_type t ON t.top = r.oid
WHERE EXISTS (SELECT FROM pg_cast k WHERE t.oid IN (k.castsource, k.casttarget))
UNION ALL
SELECT r.relname, 'type', format_type(t.oid, NULL), u.field
FROM relation r JOIN used u ON u.top = r.oid JOIN pg_type t ON t.oid = u.type
WHERE t.typnamespace = 'pg_catalog'::regnamespace AND t.typtype IN ('c', 'p')
ORDER BY 1, 2, 3, 4)";

struct Kind {
  std::string_view letter;
  std::string_view name;
};

constexpr std::array kKinds = {Kind{"v", "a view"},          Kind{"m", "a materialized view"},
                               Kind{"f", "a foreign table"}, Kind{"S", "a sequence"},
                               Kind{"i", "an index"},        Kind{"I", "a partitioned index"},
                               Kind{"c", "a composite type"}};

std::string_view KindName(std::string_view letter) {
  const auto* const kind = std::find_if(kKinds.begin(), kKinds.end(),
                                        [&](const Kind& each) { return each.letter == letter; });
  return kind != kKinds.end() ? kind->name : "no table";
}

std::string Reason(std::string_view problem, std::string_view detail, std::string_view subject) {
  if (problem == "kind") {
    return fmt::format("it is {}, not a table: its owner's code could run in who reads it",
                       KindName(detail));
  }
  if (problem == "child") {
    return fmt::format("{} belongs to it and is {}, not a table", VisibleText(subject),
                       KindName(detail));
  }
  return fmt::format("its column {} has the type {}, {}", VisibleText(subject), VisibleText(detail),
                     problem == "cast" ? "for which somebody wrote a cast"
                                       : "which is neither PostgreSQL's own nor an enum or a "
                                         "domain over such a type");
}

}  // namespace

std::string RelationCheckSql(const GameSchema& schema) {
  std::vector<std::string> columns;
  for (const collectors::GameTableSpec& spec : collectors::kGameTables) {
    for (const std::string_view column : spec.columns) {
      columns.push_back(fmt::format("({}::text, {}::text)",
                                    QuoteLiteral(schema.names.TableName(spec.name)),
                                    QuoteLiteral(schema.names.ColumnName(spec.name, column))));
    }
  }
  return fmt::format(fmt::runtime(kSql), fmt::arg("columns", fmt::join(columns, ", ")),
                     fmt::arg("schema", QuoteLiteral(schema.name)));
}

Result<RefusedRelations> ReadRefusedRelations(const Rows& rows) {
  if (rows.columns() != std::vector<std::string>{"relation", "problem", "detail", "subject"}) {
    return Fail(ErrorCode::kInternal, "the catalog's answer about relations has other columns");
  }
  RefusedRelations refused;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const auto text = [&](std::size_t column) { return rows.Text(row, column).value_or(""); };
    refused.emplace(text(0), Reason(text(1), text(2), text(3)));
  }
  return refused;
}

}  // namespace hakem::dba

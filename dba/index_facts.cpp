#include "dba/index_facts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdint>
#include <map>
#include <utility>

#include "dba/catalog_rows.h"

namespace hakem::dba {
namespace {

using collectors::QuoteLiteral;
using collectors::Rows;
using collectors::Session;

// A row for each column of an index, in order. An expression has the number 0 and no name.
constexpr std::string_view kIndexesSql = R"(
SELECT i.relname AS name, t.relname AS table, am.amname = 'btree' AS is_btree,
       x.indisvalid AND x.indisready AS is_valid,
       EXISTS (SELECT FROM pg_stat_progress_create_index b WHERE b.index_relid = i.oid)
         AS is_building,
       pg_get_expr(x.indpred, x.indrelid) AS predicate,
       a.attname AS column, k.place <= x.indnkeyatts AS is_key
FROM pg_index x
     JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_am am ON am.oid = i.relam
     JOIN pg_class t ON t.oid = x.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace
     CROSS JOIN unnest(x.indkey) WITH ORDINALITY AS k(number, place)
     LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number
WHERE n.nspname = {}
ORDER BY i.relname, k.place)";

// The width of a row is the sum of the types' sizes; 32 bytes is a guess for variable ones.
constexpr std::string_view kTableSql = R"(
SELECT c.reltuples, c.relpages, pg_relation_size(c.oid) AS bytes,
       (SELECT sum(CASE WHEN a.attlen > 0 THEN a.attlen ELSE 32 END) FROM pg_attribute a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS row_width,
       c.relkind = 'p' AS is_partitioned
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = {} AND c.relname = {})";

// The type's output function writes common values as text, so only PostgreSQL's own types and enums
// are read.
constexpr std::string_view kColumnsSql = R"(
SELECT a.attname AS column,
       coalesce(s.avg_width, CASE WHEN a.attlen > 0 THEN a.attlen ELSE 32 END) AS width,
       coalesce(s.null_frac, 0) AS null_share, coalesce(s.n_distinct, 0) AS distinct,
       m.value, m.share
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     JOIN pg_type t ON t.oid = a.atttypid
     LEFT JOIN pg_stats s ON s.schemaname = n.nspname AND s.tablename = c.relname
                             AND s.attname = a.attname AND NOT s.inherited
     LEFT JOIN LATERAL ROWS FROM (
       unnest(CASE WHEN t.typtype = 'e' OR t.typnamespace = 'pg_catalog'::regnamespace
                   THEN s.most_common_vals::text::text[] END),
       unnest(s.most_common_freqs)) AS m(value, share) ON true
WHERE n.nspname = {} AND c.relname = {} AND a.attname IN ({})
ORDER BY a.attname)";

/// Reads statistics of ANALYZE. The query has a row for each common value of each column.
std::map<std::string, ColumnStatistics, std::less<>> ReadColumns(const Rows& rows) {
  std::map<std::string, ColumnStatistics, std::less<>> columns;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    ColumnStatistics& column = columns[TextAt(rows, row, 0)];
    column.width = static_cast<std::int64_t>(rows.Number(row, 1).value_or(0));
    column.null_share = rows.Number(row, 2).value_or(0);
    column.distinct = rows.Number(row, 3).value_or(0);
    if (const auto value = rows.Text(row, 4)) {
      column.common.emplace(*value, rows.Number(row, 5).value_or(0));
    }
  }
  return columns;
}

}  // namespace

Result<std::vector<ExistingIndex>> ReadIndexes(Session& session, const std::string& schema) {
  return session.Query(fmt::format(kIndexesSql, QuoteLiteral(schema)))
      .transform([](const Rows& rows) {
        std::vector<ExistingIndex> indexes;
        for (std::size_t row = 0; row < rows.size(); ++row) {
          const std::string name = TextAt(rows, row, 0);
          if (indexes.empty() || indexes.back().name != name) {
            indexes.push_back({.name = name,
                               .table = TextAt(rows, row, 1),
                               .is_btree = IsTrue(rows, row, 2),
                               .is_valid = IsTrue(rows, row, 3),
                               .is_building = IsTrue(rows, row, 4),
                               .keys = {},
                               .included = {},
                               .predicate = TextAt(rows, row, 5)});
          }
          ExistingIndex& index = indexes.back();
          (IsTrue(rows, row, 7) ? index.keys : index.included).push_back(TextAt(rows, row, 6));
        }
        return indexes;
      });
}

Result<IndexEstimate> ReadEstimate(Session& session, const WantedIndex& index) {
  const std::string schema = QuoteLiteral(index.schema);
  const std::string name = QuoteLiteral(index.table);
  const auto size = session.Query(fmt::format(kTableSql, schema, name));
  if (!size) {
    return Fail(size.error());
  }
  if (size->empty()) {
    return Fail(ErrorCode::kNotFound,
                fmt::format("the table {} has been dropped meanwhile", index.Relation()));
  }
  std::vector<std::string> wanted;
  for (const std::string& column : ColumnsOf(index)) {
    wanted.push_back(QuoteLiteral(column));
  }
  const auto columns =
      session.Query(fmt::format(kColumnsSql, schema, name, fmt::join(wanted, ", ")));
  if (!columns) {
    return Fail(columns.error());
  }
  const auto number = [&](std::size_t column) {
    return static_cast<std::int64_t>(size->Number(0, column).value_or(0));
  };
  return EstimateIndex(index, {.rows = size->Number(0, 0).value_or(-1),
                               .pages = number(1),
                               .bytes = number(2),
                               .row_width = number(3),
                               .is_partitioned = IsTrue(*size, 0, 4),
                               .columns = ReadColumns(*columns)});
}

}  // namespace hakem::dba

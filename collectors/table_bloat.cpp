#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include "collectors/core/collector.h"

namespace hakem::collectors {
namespace {

constexpr std::string_view kLabels[] = {"datname", "schemaname", "relname"};
constexpr std::string_view kDatabaseLabel[] = {"datname"};

constexpr FamilySpec kBloat{
    .name = "pg_table_bloat_bytes",
    .type = MetricType::kGauge,
    .help =
        "Bytes of a table's pages that neither its rows nor its fillfactor need, estimated from "
        "the catalog each ten minutes; absent for small tables and for those that the role may not "
        "read.",
    .labels = kLabels,
    .on_duplicate = OnDuplicate::kSum};
constexpr FamilySpec kHeap{
    .name = "pg_table_bloat_heap_bytes",
    .type = MetricType::kGauge,
    .help =
        "Bytes of the table's pages for which bloat was estimated, as of its last VACUUM or "
        "ANALYZE, without indexes and TOAST.",
    .labels = kLabels,
    .on_duplicate = OnDuplicate::kSum};

constexpr FamilySpec kUnknown{
    .name = "pg_table_bloat_unknown_tables",
    .type = MetricType::kGauge,
    .help =
        "Big tables without an estimate, because the role may not read a column of variable "
        "length, or the table was not analyzed since it has the column.",
    .labels = kDatabaseLabel};

constexpr FamilySpec kFamilies[] = {kBloat, kHeap, kUnknown};

/// Every tenth round at the default interval of a minute, or a little earlier.
constexpr Duration kEvery = std::chrono::seconds(570);

// How many pages would the rows need? All numbers are of the last VACUUM or ANALYZE of a table. The
// statement reads no file and takes no lock of a table.
//
// A row has a line pointer (4 bytes), a header (23 bytes and a bit for each column if any is NULL)
// and its columns. Rows and headers end at a multiple of 8 bytes. A column of fixed length begins
// at a multiple of its alignment. What it skips depends on the columns before: after a column of
// fixed length it is taken as the most that is possible, so that no bloat is seen where there is
// none, and else as the mean. Of other columns pg_stats knows the mean width; those under 128
// bytes are not aligned. A page has a header of 24 bytes, and the fillfactor leaves some of it
// free.
//
// pg_stats shows only columns that the role may read; a table with a column of unknown width has no
// estimate. pg_stats is read for one table after another, because the planner expects one row of
// it and would otherwise read all of its rows for each column.
constexpr std::string_view kSql = R"(
WITH tables AS MATERIALIZED (
  SELECT c.oid, n.nspname, c.relname, c.relpages, c.reltuples,
         current_setting('block_size')::int AS block_size,
         coalesce((SELECT option_value::int FROM pg_options_to_table(c.reloptions)
                   WHERE option_name = 'fillfactor'), 100) AS fillfactor
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_am m ON m.oid = c.relam AND m.amname = 'heap'
  WHERE c.relkind IN ('r', 'm') AND c.relpages >= 128 AND c.reltuples >= 0
        AND n.nspname !~ '^(pg_|information_schema$)'
  ORDER BY c.relpages DESC, c.oid LIMIT 200),
row_sizes AS (
  SELECT t.*, r.size
  FROM tables t LEFT JOIN LATERAL (
    SELECT 4 + 8 * ceil((23 + CASE WHEN bool_or(null_frac > 0) THEN ceil(count(*) / 8.0)
                                   ELSE 0 END) / 8)
             + CASE WHEN bool_or(varies) THEN sum((1 - null_frac) * (width + padding)) + 3.5
                    ELSE 8 * ceil(sum(width + padding) / 8) END AS size
    FROM (
      SELECT *, greatest(alignment - CASE WHEN lag(varies) OVER earlier THEN (alignment + 1) / 2.0
                                          ELSE gcd(lag(width) OVER earlier,
                                                   lag(alignment) OVER earlier) END, 0) AS padding
      FROM (
        SELECT a.attnum, coalesce(s.null_frac, 0) AS null_frac,
               CASE WHEN a.attlen > 0 THEN a.attlen ELSE s.avg_width END AS width,
               a.attlen < 0 OR s.null_frac > 0 AS varies,
               CASE WHEN a.attlen < 0 AND s.avg_width < 128 THEN 1
                    ELSE position(a.attalign IN 'cs i   d') END AS alignment
        FROM pg_attribute a
        LEFT JOIN (SELECT attname, null_frac, avg_width FROM pg_stats
                   WHERE schemaname = t.nspname AND tablename = t.relname AND NOT inherited
                   OFFSET 0) s ON s.attname = a.attname
        WHERE a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped) columns
      WINDOW earlier AS (ORDER BY attnum)) padded
    HAVING bool_and(width IS NOT NULL)) r ON true)
SELECT current_database() AS datname, nspname AS schemaname, relname,
       CASE WHEN size IS NOT NULL THEN
         block_size * greatest(relpages - ceil(reltuples / greatest(floor(
           (block_size * fillfactor / 100 - 24) / size), 1)), 0) END AS bloat,
       block_size * relpages::bigint AS heap
FROM row_sizes)";

/// Reads the estimates rarely, because they change only with a VACUUM or ANALYZE, and reports the
/// last ones in each round.
class TableBloatCollector final : public Collector {
 public:
  Result<void> Collect(const CollectorContext& context, SampleSink& sink) override {
    const SteadyTime now = context.clock.SteadyNow();
    if (!read_at_ || now - *read_at_ >= kEvery) {
      if (Result<void> read = Read(context.session); !read) {
        return read;
      }
      read_at_ = now;
    }
    double unknown = 0;
    for (std::size_t row = 0; row < tables_.size(); ++row) {
      const std::array labels{Label(row, 0), Label(row, 1), Label(row, 2)};
      if (const auto bloat = tables_.Number(row, columns_[3])) {
        sink.Write(kBloat, labels, *bloat);
        sink.Write(kHeap, labels, tables_.Number(row, columns_[4]).value_or(0));
      } else {
        ++unknown;
      }
    }
    sink.Write(kUnknown, {context.session.facts().database}, unknown);
    return {};
  }

 private:
  Result<void> Read(Session& session) {
    auto rows = session.Query(kSql);
    if (!rows) {
      return Fail(rows.error());
    }
    constexpr std::array kColumns{"datname", "schemaname", "relname", "bloat", "heap"};
    for (std::size_t i = 0; i < kColumns.size(); ++i) {
      const auto column = rows->Column(kColumns[i]);
      if (!column) {
        return Fail(column.error());
      }
      columns_[i] = *column;
    }
    tables_ = *std::move(rows);
    return {};
  }

  std::string_view Label(std::size_t row, std::size_t column) const {
    return tables_.Text(row, columns_[column]).value_or("");
  }

  std::optional<SteadyTime> read_at_;
  Rows tables_;
  std::array<std::size_t, 5> columns_{};
};

}  // namespace

extern const CollectorSpec table_bloat;
constinit const CollectorSpec table_bloat{
    .name = "table_bloat",
    .help = "How much of each big table is neither rows nor planned free space.",
    .enabled_by_default = true,
    .lane = Lane::kSlow,
    .scope = Scope::kDatabase,
    .priority = Priority::kOptional,
    .requirements = {.role = Role::kPrimary},
    .round = {.own_texts = true},
    .families = kFamilies,
    .make = [](const CollectorOptions&) -> std::unique_ptr<Collector> {
      return std::make_unique<TableBloatCollector>();
    }};

}  // namespace hakem::collectors

#include "collectors/core/sql_collector.h"

namespace hakem::collectors {
namespace {

constexpr std::string_view kLabels[] = {"datname", "relname"};
constexpr std::string_view kPhaseLabels[] = {"datname", "relname", "phase"};

constexpr SqlValue kValues[] = {
    Gauge("in_phase", "pg_stat_progress_vacuum_phase", "Whether a running VACUUM is in this phase.",
          kPhaseLabels),
    Gauge("heap_blks_total", "pg_stat_progress_vacuum_heap_blks",
          "Blocks of the table when the VACUUM began.", kLabels),
    Gauge("heap_blks_scanned", "pg_stat_progress_vacuum_heap_blks_scanned",
          "Blocks of the table scanned so far.", kLabels),
    Gauge("heap_blks_vacuumed", "pg_stat_progress_vacuum_heap_blks_vacuumed",
          "Blocks of the table vacuumed so far.", kLabels),
    Gauge("index_vacuum_count", "pg_stat_progress_vacuum_index_vacuums",
          "Rounds over the indexes finished so far.", kLabels),
    {"max_dead_tuples",
     {.name = "pg_stat_progress_vacuum_max_dead_tuples",
      .type = MetricType::kGauge,
      .help = "Dead rows that fit in memory before a round over the indexes; later servers count "
              "bytes.",
      .labels = kLabels,
      .max_version = 169999}},
    Gauge("num_dead_tuples", "pg_stat_progress_vacuum_num_dead_tuples",
          "Dead rows collected since the last round over the indexes.", kLabels),
};

constexpr auto kFamilies = FamiliesOf(kValues);

// Reports all seven phases of each VACUUM, so that the end of a phase is seen as 0. The other
// numbers are in the row of the current phase. Tables of other databases have only their OID. Names
// come from the catalog, because the text of a regclass depends on settings. A role that is no
// member of pg_read_all_stats sees no VACUUM of other roles.
constexpr std::string_view kSql = R"(
SELECT p.datname,
       coalesce(CASE WHEN n.nspname IN ('public', 'pg_catalog') THEN c.relname
                     ELSE n.nspname || '.' || c.relname END, p.relid::text) AS relname,
       s.phase, s.phase = p.phase AS in_phase, v.*
FROM pg_stat_progress_vacuum p
LEFT JOIN pg_class c ON c.oid = p.relid AND p.datname = current_database()
LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN unnest(ARRAY['initializing', 'scanning heap', 'vacuuming indexes', 'vacuuming heap',
                        'cleaning up indexes', 'truncating heap', 'performing final cleanup'])
  s(phase)
LEFT JOIN LATERAL (SELECT p.heap_blks_total, p.heap_blks_scanned, p.heap_blks_vacuumed,
                          p.index_vacuum_count, p.max_dead_tuples, p.num_dead_tuples
                   WHERE s.phase = p.phase) v ON true)";

// PostgreSQL 17 stores dead row ids in another way, and limits them in bytes.
constexpr std::string_view kSqlFrom17 = R"(
SELECT p.datname,
       coalesce(CASE WHEN n.nspname IN ('public', 'pg_catalog') THEN c.relname
                     ELSE n.nspname || '.' || c.relname END, p.relid::text) AS relname,
       s.phase, s.phase = p.phase AS in_phase, v.*
FROM pg_stat_progress_vacuum p
LEFT JOIN pg_class c ON c.oid = p.relid AND p.datname = current_database()
LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN unnest(ARRAY['initializing', 'scanning heap', 'vacuuming indexes', 'vacuuming heap',
                        'cleaning up indexes', 'truncating heap', 'performing final cleanup'])
  s(phase)
LEFT JOIN LATERAL (SELECT p.heap_blks_total, p.heap_blks_scanned, p.heap_blks_vacuumed,
                          p.index_vacuum_count, p.num_dead_item_ids AS num_dead_tuples
                   WHERE s.phase = p.phase) v ON true)";

constexpr SqlQuery kQueries[] = {
    {.min_version = 170000, .sql = kSqlFrom17, .values = kValues},
    {.max_version = 169999, .sql = kSql, .values = kValues},
};

}  // namespace

extern const CollectorSpec stat_progress_vacuum;
constinit const CollectorSpec stat_progress_vacuum{
    .name = "stat_progress_vacuum",
    .help = "Progress of each running VACUUM.",
    .enabled_by_default = true,
    .lane = Lane::kFast,
    .round = {.own_texts = true},
    .families = kFamilies,
    .make = [](const CollectorOptions&) { return MakeSqlCollector(kQueries); }};

}  // namespace hakem::collectors

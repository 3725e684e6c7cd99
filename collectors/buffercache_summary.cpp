#include "collectors/core/sql_collector.h"

namespace hakem::collectors {
namespace {

constexpr SqlValue kValues[] = {
    Gauge("buffers_used", "pg_buffercache_summary_buffers_used", "Buffers in use."),
    Gauge("buffers_unused", "pg_buffercache_summary_buffers_unused", "Buffers not in use."),
    Gauge("buffers_dirty", "pg_buffercache_summary_buffers_dirty", "Buffers not written yet."),
    Gauge("buffers_pinned", "pg_buffercache_summary_buffers_pinned",
          "Buffers that a backend is working on."),
    Gauge("usagecount_avg", "pg_buffercache_summary_usagecount_avg",
          "Average usage count of the buffers in use."),
};

constexpr auto kFamilies = FamiliesOf(kValues);

// Our sessions look into pg_catalog alone: the extension's schema is added for this statement.
constexpr std::string_view kSql = R"(
SELECT set_config('search_path', 'pg_catalog, ' || extnamespace::regnamespace, true)
FROM pg_extension WHERE extname = 'pg_buffercache';
SELECT * FROM pg_buffercache_summary())";

constexpr SqlQuery kQueries[] = {{.sql = kSql, .values = kValues}};

}  // namespace

extern const CollectorSpec buffercache_summary;
constinit const CollectorSpec buffercache_summary{
    .name = "buffercache_summary",
    .help = "How the buffer cache is used.",
    .enabled_by_default = false,
    .lane = Lane::kSlow,
    .priority = Priority::kOptional,
    .gates = {.min_version = 160000, .extension = "pg_buffercache"},
    .families = kFamilies,
    .make = [](const CollectorOptions&) { return MakeSqlCollector(kQueries); }};

}  // namespace hakem::collectors

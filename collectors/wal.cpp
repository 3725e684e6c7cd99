#include "collectors/core/sql_collector.h"

namespace hakem::collectors {
namespace {

constexpr SqlValue kValues[] = {
    Gauge("segments", "pg_wal_segments", "WAL segments on disk."),
    Gauge("size", "pg_wal_size_bytes", "Disk space used by WAL segments."),
};

constexpr auto kFamilies = FamiliesOf(kValues);

// The folder also has timeline histories and the states of archiving.
constexpr std::string_view kSql = R"(
SELECT count(*) AS segments, coalesce(sum(size), 0) AS size
FROM pg_ls_waldir()
WHERE name ~ '^[0-9A-F]{24}$')";

constexpr SqlQuery kQueries[] = {{.sql = kSql, .values = kValues}};

}  // namespace

extern const CollectorSpec wal;
constinit const CollectorSpec wal{
    .name = "wal",
    .help = "WAL files on disk.",
    .enabled_by_default = true,
    .lane = Lane::kSlow,
    .families = kFamilies,
    .make = [](const CollectorOptions&) { return MakeSqlCollector(kQueries); }};

}  // namespace hakem::collectors

#include "collectors/core/sql_collector.h"

namespace hakem::collectors {
namespace {

constexpr SqlValue kValues[] = {
    Counter("archived_count", "pg_stat_archiver_archived_count", "WAL files archived."),
    Counter("failed_count", "pg_stat_archiver_failed_count",
            "Failed attempts to archive a WAL file."),
    Gauge("last_archive_age", "pg_stat_archiver_last_archive_age",
          "Seconds since a WAL file was last archived; absent when none ever was."),
};

constexpr auto kFamilies = FamiliesOf(kValues);

constexpr std::string_view kSql = R"(
SELECT archived_count, failed_count,
       extract(epoch FROM clock_timestamp() - last_archived_time) AS last_archive_age
FROM pg_stat_archiver)";

constexpr SqlQuery kQueries[] = {{.sql = kSql, .values = kValues}};

}  // namespace

extern const CollectorSpec stat_archiver;
constinit const CollectorSpec stat_archiver{
    .name = "stat_archiver",
    .help = "WAL files archived, and failures.",
    .enabled_by_default = true,
    .lane = Lane::kFast,
    .families = kFamilies,
    .make = [](const CollectorOptions&) { return MakeSqlCollector(kQueries); }};

}  // namespace hakem::collectors

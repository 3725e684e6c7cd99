#include "collectors/core/sql_collector.h"

namespace hakem::collectors {
namespace {

constexpr std::string_view kLabels[] = {"datname"};

constexpr SqlValue kValues[] = {
    Gauge("size", "pg_database_size_bytes",
          "Disk space used by a database, for databases that the role may see.", kLabels),
    Gauge("connection_limit", "pg_database_connection_limit",
          "Connections a database admits; -1: no limit.", kLabels),
};

constexpr auto kFamilies = FamiliesOf(kValues);

// pg_database_size fails for a database that the role can neither connect to nor read statistics
// of. The condition leaves such databases out, so that the sizes of the others are still collected.
constexpr std::string_view kSql = R"(
SELECT datname,
       CASE WHEN pg_has_role('pg_read_all_stats', 'USAGE') OR has_database_privilege(oid, 'CONNECT')
            THEN pg_database_size(oid) END AS size,
       datconnlimit AS connection_limit
FROM pg_database)";

constexpr SqlQuery kQueries[] = {{.sql = kSql, .values = kValues}};

}  // namespace

extern const CollectorSpec database;
constinit const CollectorSpec database{
    .name = "database",
    .help = "Size and connection limit of each database.",
    .enabled_by_default = true,
    .lane = Lane::kSlow,
    .priority = Priority::kOptional,
    .families = kFamilies,
    .make = [](const CollectorOptions&) { return MakeSqlCollector(kQueries); }};

}  // namespace hakem::collectors

#include "collectors/core/sql_collector.h"

namespace hakem::collectors {
namespace {

constexpr std::string_view kLabels[] = {"datname", "mode"};

constexpr SqlValue kValues[] = {
    Count("count", "pg_locks_count",
          "Locks held or awaited in a database, by mode; our own are not counted.", kLabels),
};

constexpr auto kFamilies = FamiliesOf(kValues);

// Reports every mode of every database, including zeros, so that a rule sees 0 when a lock ends.
// Locks of prepared transactions have no pid.
constexpr std::string_view kSql = R"(
SELECT d.datname, m.mode, count(l.mode) AS count
FROM pg_database d
CROSS JOIN (VALUES ('accesssharelock'), ('rowsharelock'), ('rowexclusivelock'),
                   ('shareupdateexclusivelock'), ('sharelock'), ('sharerowexclusivelock'),
                   ('exclusivelock'), ('accessexclusivelock'), ('sireadlock')) m(mode)
LEFT JOIN pg_locks l
  ON l.database = d.oid AND lower(l.mode) = m.mode AND l.pid IS DISTINCT FROM pg_backend_pid()
GROUP BY d.datname, m.mode)";

constexpr SqlQuery kQueries[] = {{.sql = kSql, .values = kValues}};

}  // namespace

extern const CollectorSpec locks;
constinit const CollectorSpec locks{
    .name = "locks",
    .help = "Locks by database and mode.",
    .enabled_by_default = true,
    .lane = Lane::kFast,
    .families = kFamilies,
    .make = [](const CollectorOptions&) { return MakeSqlCollector(kQueries); }};

}  // namespace hakem::collectors

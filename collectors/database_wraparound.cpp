#include "collectors/core/sql_collector.h"

namespace hakem::collectors {
namespace {

constexpr std::string_view kLabels[] = {"datname"};

constexpr SqlValue kValues[] = {
    Gauge("xid_age", "pg_database_wraparound_age_datfrozenxid_seconds",
          "Age of the oldest unfrozen transaction ID: transactions, not seconds.", kLabels),
    Gauge("mxid_age", "pg_database_wraparound_age_datminmxid_seconds",
          "Age of the oldest multixact ID: multixacts, not seconds.", kLabels),
};

constexpr auto kFamilies = FamiliesOf(kValues);

constexpr std::string_view kSql = R"(
SELECT datname, age(datfrozenxid) AS xid_age, mxid_age(datminmxid) AS mxid_age
FROM pg_database
WHERE datallowconn)";

constexpr SqlQuery kQueries[] = {{.sql = kSql, .values = kValues}};

}  // namespace

extern const CollectorSpec database_wraparound;
constinit const CollectorSpec database_wraparound{
    .name = "database_wraparound",
    .help = "Age of the oldest unfrozen transaction of each database.",
    .enabled_by_default = true,
    .lane = Lane::kFast,
    .families = kFamilies,
    .make = [](const CollectorOptions&) { return MakeSqlCollector(kQueries); }};

}  // namespace hakem::collectors

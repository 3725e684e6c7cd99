#include "collectors/core/sql_collector.h"

namespace hakem::collectors {
namespace {

constexpr std::string_view kLabels[] = {"rolname"};

constexpr SqlValue kValues[] = {
    Gauge("rolconnlimit", "pg_roles_connection_limit",
          "Connections that a role may have; -1: no limit.", kLabels),
};

constexpr auto kFamilies = FamiliesOf(kValues);

constexpr std::string_view kSql = R"(
SELECT rolname, rolconnlimit FROM pg_roles)";

constexpr SqlQuery kQueries[] = {{.sql = kSql, .values = kValues}};

}  // namespace

extern const CollectorSpec roles;
constinit const CollectorSpec roles{
    .name = "roles",
    .help = "Connection limit of each role.",
    .enabled_by_default = true,
    .lane = Lane::kSlow,
    .priority = Priority::kOptional,
    .families = kFamilies,
    .make = [](const CollectorOptions&) { return MakeSqlCollector(kQueries); }};

}  // namespace hakem::collectors

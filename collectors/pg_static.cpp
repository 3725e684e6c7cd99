#include "collectors/core/sql_collector.h"

namespace hakem::collectors {
namespace {

constexpr std::string_view kLabels[] = {"version", "short_version"};

constexpr SqlValue kValues[] = {
    {"one",
     {.name = "pg_static",
      .type = MetricType::kUntyped,
      .help = "1, with labels for the result of version() and the version as numbers.",
      .labels = kLabels}},
};

constexpr auto kFamilies = FamiliesOf(kValues);

// short_version has three numbers, such as 15.4.0, for tools that expect semantic versions.
constexpr std::string_view kSql = R"(
SELECT version(), current_setting('server_version_num')::int / 10000 || '.'
                  || current_setting('server_version_num')::int % 10000 || '.0' AS short_version,
       1 AS one)";

constexpr SqlQuery kQueries[] = {{.sql = kSql, .values = kValues}};

}  // namespace

extern const CollectorSpec pg_static;
constinit const CollectorSpec pg_static{
    .name = "pg_static",
    .help = "Version of the server.",
    .enabled_by_default = true,
    .lane = Lane::kSlow,
    .families = kFamilies,
    .make = [](const CollectorOptions&) { return MakeSqlCollector(kQueries); }};

}  // namespace hakem::collectors

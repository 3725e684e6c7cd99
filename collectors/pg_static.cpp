#include "collectors/core/sql_collector.h"

namespace hakem::collectors {
namespace {

constexpr std::string_view kLabels[] = {"version", "short_version"};

constexpr SqlValue kValues[] = {
    {"one",
     {.name = "pg_static",
      .type = MetricType::kUntyped,
      .help = "1, with what version() says and the version as numbers as labels.",
      .labels = kLabels}},
};

constexpr auto kFamilies = FamiliesOf(kValues);

// short_version is told as three numbers, as tools for semantic versions want it: 15.4.0.
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

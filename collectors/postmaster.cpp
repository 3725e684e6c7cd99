#include "collectors/core/sql_collector.h"

namespace hakem::collectors {
namespace {

constexpr SqlValue kValues[] = {
    Gauge("start", "pg_postmaster_start_time_seconds", "Unix time at which the server started."),
};

constexpr auto kFamilies = FamiliesOf(kValues);

constexpr std::string_view kSql = R"(
SELECT extract(epoch FROM pg_postmaster_start_time()) AS start)";

constexpr SqlQuery kQueries[] = {{.sql = kSql, .values = kValues}};

}  // namespace

extern const CollectorSpec postmaster;
constinit const CollectorSpec postmaster{
    .name = "postmaster",
    .help = "When the server started.",
    .enabled_by_default = false,
    .lane = Lane::kFast,
    .families = kFamilies,
    .make = [](const CollectorOptions&) { return MakeSqlCollector(kQueries); }};

}  // namespace hakem::collectors

#include "collectors/core/sql_collector.h"

namespace hakem::collectors {
namespace {

constexpr std::string_view kLabels[] = {"datname", "schemaname", "sequencename"};

constexpr SqlValue kValues[] = {
    Gauge("used", "pg_sequence_used_ratio",
          "Share of the values of a sequence that are used up, from 0 to 1; absent for one that "
          "cycles, that was never used, or that the role may not read.",
          kLabels),
};

constexpr auto kFamilies = FamiliesOf(kValues);

// The server shows the last value only to a role with SELECT or USAGE on the sequence. Values are
// computed as numeric, because a range may have more than 2^63 of them.
constexpr std::string_view kSql = R"(
SELECT current_database() AS datname, schemaname, sequencename,
       CASE WHEN increment_by > 0 THEN last_value::numeric - min_value + 1
            ELSE max_value::numeric - last_value + 1 END
         / (max_value::numeric - min_value + 1) AS used
FROM pg_sequences
WHERE last_value IS NOT NULL AND NOT cycle)";

constexpr SqlQuery kQueries[] = {{.sql = kSql, .values = kValues}};

}  // namespace

extern const CollectorSpec sequences;
constinit const CollectorSpec sequences{
    .name = "sequences",
    .help = "How much of each sequence is used up.",
    .enabled_by_default = true,
    .lane = Lane::kSlow,
    .scope = Scope::kDatabase,
    .priority = Priority::kOptional,
    .round = {.own_texts = true},
    .families = kFamilies,
    .make = [](const CollectorOptions&) { return MakeSqlCollector(kQueries); }};

}  // namespace hakem::collectors

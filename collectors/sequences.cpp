#include "collectors/core/sql_collector.h"

namespace hakem::collectors {
namespace {

constexpr std::string_view kLabels[] = {"datname", "schemaname", "sequencename"};

constexpr SqlValue kValues[] = {
    Gauge("used", "pg_sequence_used_ratio",
          "Share of the values of a sequence that are used up, from 0 to 1; absent for one that "
          "cycles, that was never used, that the role may not read, or that has more values than "
          "1,000 others.",
          kLabels),
};

constexpr auto kFamilies = FamiliesOf(kValues);

// To read the last value locks the sequence until the round ends, and the server has few locks:
// only the 1,000 sequences with the fewest values are read, which are used up first. The server
// shows the last value only to a role with SELECT or USAGE on the sequence. Values are computed as
// numeric, because a range may have more than 2^63 of them.
constexpr std::string_view kSql = R"(
SELECT current_database() AS datname, nspname AS schemaname, relname AS sequencename,
       CASE WHEN seqincrement > 0 THEN last_value::numeric - seqmin + 1
            ELSE seqmax::numeric - last_value + 1 END
         / (seqmax::numeric - seqmin + 1) AS used
FROM (SELECT nspname, relname, seqincrement, seqmin, seqmax, pg_sequence_last_value(oid) AS last_value
      FROM (SELECT c.oid, n.nspname, c.relname, s.seqincrement, s.seqmin, s.seqmax
            FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid
                 JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE NOT s.seqcycle AND c.relpersistence <> 't'
                  AND NOT (c.relpersistence = 'u' AND pg_is_in_recovery())
                  AND has_sequence_privilege(s.seqrelid, 'SELECT, USAGE')
            ORDER BY s.seqmax::numeric - s.seqmin, c.oid LIMIT 1000) readable
      OFFSET 0) used_sequences
WHERE last_value IS NOT NULL)";

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

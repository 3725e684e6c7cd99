#include "collectors/game/query/horizon.h"

#include <fmt/format.h>

#include <algorithm>

namespace hakem::collectors {
namespace {

// On a standby the writers' transactions are on the primary, and rows that it has not replayed yet
// can have earlier times. It has caught up if it receives WAL and has replayed all of it.
//
// On a primary xact_start becomes visible a moment after it was taken, hence the margin of 100 ms.
// Vacuum and replication keep transactions open for hours, but write no rows of a game. The
// function pg_stat_get_activity costs a third of the view pg_stat_activity.
//
// statement_timestamp() is the time at which the message with both statements arrived, which is
// before the activity is read. The activity is read before the prepared transactions, so that a
// transaction that is just being prepared is in one of the two.
constexpr std::string_view kHorizonSql = R"(
WITH open AS MATERIALIZED (
  SELECT CASE
           WHEN pg_is_in_recovery() OR NOT pg_has_role('pg_read_all_stats', 'USAGE')
             THEN timestamptz '-infinity'
           ELSE least(statement_timestamp(), (
             SELECT min(xact_start) FROM pg_stat_get_activity(NULL)
             WHERE datid = (SELECT oid FROM pg_database WHERE datname = current_database())
               AND pid <> pg_backend_pid()
               AND backend_type NOT IN ('autovacuum worker', 'walsender')
           )) - interval '100 milliseconds'
         END AS safe,
         CASE
           WHEN NOT pg_is_in_recovery()
             OR ((SELECT pid FROM pg_stat_get_wal_receiver()) IS NOT NULL
                 AND pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn())
             THEN statement_timestamp()
           ELSE least(statement_timestamp(), pg_last_xact_replay_timestamp())
         END - interval '{} milliseconds' AS cap
), known AS MATERIALIZED (
  SELECT CASE WHEN EXISTS (
           SELECT FROM pg_prepared_xact() AS held
           WHERE held.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
             AND extract(epoch FROM held.prepared) * 1000000 >= $2
         ) THEN least(safe, timestamptz 'epoch' + $1 * interval '1 microsecond')
         ELSE safe END AS safe, cap
  FROM open
)
SELECT set_config('hakem.horizon',
                  CASE WHEN {}
                  THEN (extract(epoch FROM greatest(safe, cap)) * 1000000)::bigint::text
                  ELSE current_setting('hakem.the_tables_of_the_game_changed') END, false),
       set_config('hakem.exact', (safe >= cap)::int::text, false)
FROM known)";

}  // namespace

std::string HorizonSql(Duration holdback_cap, std::string_view unchanged) {
  constexpr Duration kLongest = std::chrono::hours(24 * 366 * 100);
  return fmt::format(kHorizonSql, std::min(holdback_cap, kLongest).count(), unchanged);
}

std::string HorizonArguments(PgTimestamp watermark, PgTimestamp started_at) {
  return fmt::format("{}, {}", watermark.time_since_epoch().count(),
                     started_at.time_since_epoch().count());
}

std::string FixedHorizonSql(PgTimestamp horizon, std::string_view unchanged) {
  return fmt::format(
      "SELECT set_config('hakem.horizon', CASE WHEN {} THEN '{}'\n"
      "  ELSE current_setting('hakem.the_tables_of_the_game_changed') END, false),\n"
      "  set_config('hakem.exact', '1', false)",
      unchanged, horizon.time_since_epoch().count());
}

std::string FailIfChangedSql(std::string_view unchanged) {
  return fmt::format(
      "SELECT CASE WHEN {} THEN ''\n"
      "  ELSE current_setting('hakem.the_tables_of_the_game_changed') END; ",
      unchanged);
}

}  // namespace hakem::collectors

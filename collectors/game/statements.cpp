#include "collectors/game/statements.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

namespace hakem::collectors {
namespace {

// xact_start is published a moment after it is taken, hence the margin. Vacuum and replication hold
// transactions open for hours and write no row of a game. The function costs a third of the view
// pg_stat_activity.
constexpr std::string_view kOldestTransaction = R"(least(statement_timestamp(), (
         SELECT min(xact_start) FROM pg_stat_get_activity(NULL)
         WHERE datid = (SELECT oid FROM pg_database WHERE datname = current_database())
           AND pid <> pg_backend_pid()
           AND backend_type NOT IN ('autovacuum worker', 'walsender')
       )) - interval '100 milliseconds')";

constexpr std::string_view kNobodyKnows = "timestamptz '-infinity'";

// statement_timestamp() is when the message came that carries both statements: before the activity
// is read.
constexpr std::string_view kBound = R"(
SELECT set_config('hakem.bound',
                  (extract(epoch FROM greatest(safe, cap)) * 1000000)::bigint::text, false),
       set_config('hakem.exact', (safe >= cap)::int::text, false)
FROM (
  SELECT {} AS safe,
         statement_timestamp() - interval '{} milliseconds' AS cap
) AS known)";

// Both ends come out of a CTE, so that they are computed once and not for every row.
constexpr std::string_view kSpan = R"(
WITH span AS MATERIALIZED (
  SELECT $1 AS from_us, current_setting('hakem.bound')::bigint AS bound_us,
         timestamptz 'epoch' + $1 * interval '1 microsecond' AS lower,
         timestamptz 'epoch' + current_setting('hakem.bound')::bigint * interval '1 microsecond'
           AS upper
))";

constexpr std::string_view kSpanRows = R"(
SELECT 'span' AS part, NULL AS name, NULL AS type, from_us::float8 AS v1, bound_us::float8 AS v2,
       (extract(epoch FROM now()) * 1000000)::bigint::float8 AS v3,
       current_setting('hakem.exact')::float8 AS v4, NULL::float8 AS v5, NULL::float8 AS v6
FROM span)";

/// `'waiting', 'active'`
std::string Literals(std::span<const std::string> words) {
  std::vector<std::string> quoted;
  quoted.reserve(words.size());
  for (const std::string& word : words) {
    quoted.push_back(QuoteLiteral(word));
  }
  return fmt::format("{}", fmt::join(quoted, ", "));
}

/// `"timestamp" >= (…) AND "timestamp" < (…)`: the half-open span of this collection.
std::string InSpan(std::string_view column) {
  const std::string name = QuoteIdentifier(column);
  return fmt::format("{0} >= (SELECT lower FROM span) AND {0} < (SELECT upper FROM span)", name);
}

/// `"game_type"::text`, or NULL where the schema has no game types.
std::string GameTypeOf(const GameSchema& schema) {
  return schema.Has("game_sessions", "game_type") ? "\"game_type\"::text" : "NULL";
}

// Few rows are live, and their partial index is found by the statuses' literals: here GROUP BY
// costs nothing.
std::string LiveRows(const GameStatement& s) {
  const bool seats = s.offer.Has(GameMetric::kSeats);
  const bool ages = s.offer.Has(GameMetric::kLongRunning);
  const std::string started = s.schema.Has("game_sessions", "started_at")
                                  ? R"(coalesce("started_at", "created_at"))"
                                  : R"("created_at")";
  const std::string long_running = fmt::format(
      R"(count(*) FILTER (WHERE "status" IN ({}) AND now() - {} > interval '{} milliseconds'))",
      Literals(s.schema.statuses.started), started, s.options.max_game_duration.count());
  return fmt::format(
      R"(
SELECT 'live', "status"::text, {type}, count(*), {taken}, {free},
       {long_running}, {play}, {lobby}
FROM {table}
WHERE "status" IN ({live})
GROUP BY 2, 3)",
      fmt::arg("type", GameTypeOf(s.schema)),
      fmt::arg("taken", seats ? R"(sum("current_players"))" : "NULL"),
      fmt::arg("free", seats ? R"(sum(greatest("max_players" - "current_players", 0)))" : "NULL"),
      fmt::arg("long_running", ages ? long_running : "NULL"),
      fmt::arg("play", ages ? fmt::format("extract(epoch FROM now() - min({}))", started) : "NULL"),
      fmt::arg("lobby", ages ? R"(extract(epoch FROM now() - min("created_at")))" : "NULL"),
      fmt::arg("table", s.schema.Qualified("game_sessions")),
      fmt::arg("live", Literals(s.schema.statuses.live)));
}

std::string SocketRows(const GameStatement& s) {
  return fmt::format(
      R"(
SELECT 'sockets', NULL, NULL, count(DISTINCT "player_id") FILTER (WHERE {recent}),
       count(*) FILTER (WHERE ({recent}) IS NOT TRUE), NULL, NULL, NULL, NULL
FROM {table}
WHERE "is_active")",
      fmt::arg("recent", fmt::format(R"("last_ping" >= now() - interval '{} milliseconds')",
                                     s.options.online_window.count())),
      fmt::arg("table", s.schema.Qualified("websocket_connections")));
}

std::string CreatedRows(const GameStatement& s) {
  return fmt::format(R"(
SELECT 'created', NULL, {}, 1, NULL, NULL, NULL, NULL, NULL
FROM {}
WHERE {})",
                     GameTypeOf(s.schema), s.schema.Qualified("game_sessions"),
                     InSpan("created_at"));
}

std::string FinishedRows(const GameStatement& s) {
  return fmt::format(R"(
SELECT 'finished', NULL, NULL, count(*),
       extract(epoch FROM sum("completed_at" - "started_at")) * 1000000, NULL, NULL, NULL, NULL
FROM {}
WHERE {} AND "completed_at" >= "started_at")",
                     s.schema.Qualified("game_history"), InSpan("completed_at"));
}

/// The text a move is counted under; where the column is missing all are counted as one.
std::string MoveTypeOf(const GameSchema& schema) {
  return schema.Has("game_moves", "move_type")
             ? fmt::format(R"(coalesce("move_type"::text, '{}'))", kOther)
             : "''";
}

// One pass over the new moves: grouping a range scan under a generic plan costs ten times as much
// as these filters. Types that are not known yet come as they are, once each: from then on they are
// known, and nothing was lost.
std::string MoveCte(const GameStatement& s) {
  std::string counts;
  for (std::size_t i = 0; i < s.move_types.size(); ++i) {
    counts += fmt::format("         count(*) FILTER (WHERE move_type = {}) AS c{},\n",
                          QuoteLiteral(s.move_types[i]), i);
  }
  const std::string unknown =
      s.move_types.empty() ? "true" : fmt::format("move_type NOT IN ({})", Literals(s.move_types));
  return fmt::format(
      R"(, moves AS MATERIALIZED (
  SELECT
{counts}         {rest} FILTER (WHERE {unknown}) AS rest
  FROM (SELECT {type} AS move_type FROM {table}
        WHERE {span}) AS new
))",
      fmt::arg("counts", counts),
      fmt::arg("rest", s.move_types.size() < kLabelBudget ? "array_agg(move_type)" : "count(*)"),
      fmt::arg("unknown", unknown), fmt::arg("type", MoveTypeOf(s.schema)),
      fmt::arg("table", s.schema.Qualified("game_moves")), fmt::arg("span", InSpan("timestamp")));
}

std::string MoveRows(const GameStatement& s) {
  std::vector<std::string> known;
  for (std::size_t i = 0; i < s.move_types.size(); ++i) {
    known.push_back(fmt::format("({}, c{})", QuoteLiteral(s.move_types[i]), i));
  }
  const bool budget_left = s.move_types.size() < kLabelBudget;
  if (!budget_left) {
    known.push_back(fmt::format("({}, rest)", QuoteLiteral(kOther)));
  }
  std::vector<std::string> parts;
  if (!known.empty()) {
    parts.push_back(fmt::format(R"(
SELECT 'moves', v.name, NULL, v.count, NULL, NULL, NULL, NULL, NULL
FROM moves, LATERAL (VALUES {}) AS v(name, count))",
                                fmt::join(known, ", ")));
  }
  if (budget_left) {
    parts.emplace_back(R"(
SELECT 'moves', name, NULL, 1, NULL, NULL, NULL, NULL, NULL
FROM moves, unnest(rest) AS name)");
  }
  return fmt::format("{}", fmt::join(parts, "\nUNION ALL"));
}

}  // namespace

std::string BoundSql(bool sees_transactions) {
  return fmt::format(kBound, sees_transactions ? kOldestTransaction : kNobodyKnows,
                     kHoldbackCap.count());
}

std::string GameSql(const GameStatement& statement) {
  const GameOffer& offer = statement.offer;
  const bool moves = offer.Has(GameMetric::kMovesPerMinute);
  std::string sql(kSpan);
  if (moves) {
    sql += MoveCte(statement);
  }
  std::vector<std::string> parts{std::string(kSpanRows)};
  if (offer.Has(GameMetric::kActiveGames)) {
    parts.push_back(LiveRows(statement));
  }
  if (offer.Has(GameMetric::kOnlinePlayers)) {
    parts.push_back(SocketRows(statement));
  }
  if (offer.Has(GameMetric::kSessionsCreated)) {
    parts.push_back(CreatedRows(statement));
  }
  if (offer.Has(GameMetric::kAverageDuration)) {
    parts.push_back(FinishedRows(statement));
  }
  if (moves) {
    parts.push_back(MoveRows(statement));
  }
  return sql + fmt::format("{}", fmt::join(parts, "\nUNION ALL"));
}

}  // namespace hakem::collectors

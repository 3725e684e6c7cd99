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

// What a standby has not replayed yet may come with an earlier time. It is at the primary's present
// when nothing that it received is left.
constexpr std::string_view kReplayed = R"(CASE
           WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN statement_timestamp()
           ELSE least(statement_timestamp(), pg_last_xact_replay_timestamp())
         END)";

// statement_timestamp() is when the message came that carries both statements: before the activity
// is read. The activity is read before the prepared transactions, so that one that is being
// prepared is in one of the two.
constexpr std::string_view kBound = R"(
WITH open AS MATERIALIZED (
  SELECT {} AS safe,
         {} - interval '{} milliseconds' AS cap
), known AS MATERIALIZED (
  SELECT CASE WHEN EXISTS (
           SELECT FROM pg_prepared_xact() AS held
           WHERE held.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
             AND extract(epoch FROM held.prepared) * 1000000 >= $2
         ) THEN least(safe, timestamptz 'epoch' + $1 * interval '1 microsecond')
         ELSE safe END AS safe, cap
  FROM open
)
SELECT set_config('hakem.bound',
                  (extract(epoch FROM greatest(safe, cap)) * 1000000)::bigint::text, false),
       set_config('hakem.exact', (safe >= cap)::int::text, false)
FROM known)";

// Both ends come out of a CTE, so that they are computed once and not for every row.
constexpr std::string_view kSpan = R"(
WITH span AS MATERIALIZED (
  SELECT $1 AS from_us, current_setting('hakem.bound')::bigint AS bound_us,
         timestamptz 'epoch' + $1 * interval '1 microsecond' AS lower,
         timestamptz 'epoch' + current_setting('hakem.bound')::bigint * interval '1 microsecond'
           AS upper
))";

std::string Microseconds(std::string_view instant) {
  return fmt::format("(extract(epoch FROM {}) * 1000000)::bigint", instant);
}

std::string SecondsFrom(std::string_view from, std::string_view to) {
  return fmt::format("extract(epoch FROM {} - {})", to, from);
}

std::string AllIds(std::string_view column) {
  return fmt::format("string_agg({}::text, E'\\x{:02x}')", QuoteIdentifier(column),
                     static_cast<unsigned>(kIdSeparator));
}

/// One row's columns; a text or number that is not given is NULL.
struct Columns {
  std::string_view part;
  std::string name = "NULL";
  std::string type = "NULL";
  std::string ids = "NULL";
  std::vector<std::string> numbers = {};
};

constexpr std::size_t kNumbers = 7;

/// `SELECT 'part', …`. The first one names and types the columns of all.
std::string Select(Columns columns, bool first = false) {
  columns.numbers.resize(kNumbers, "NULL");
  if (!first) {
    return fmt::format("\nSELECT '{}', {}, {}, {}, {}", columns.part, columns.name, columns.type,
                       columns.ids, fmt::join(columns.numbers, ", "));
  }
  std::string sql = fmt::format("\nSELECT '{}' AS part, {} AS name, {} AS type, {} AS ids",
                                columns.part, columns.name, columns.type, columns.ids);
  for (std::size_t i = 0; i < kNumbers; ++i) {
    sql += fmt::format(", ({})::float8 AS v{}", columns.numbers[i], i + 1);
  }
  return sql;
}

std::string SpanRows() {
  return Select({.part = "span",
                 .numbers = {"from_us", "bound_us", Microseconds("now()"),
                             "current_setting('hakem.exact')"}},
                true) +
         "\nFROM span";
}

/// `'waiting', 'active'`
std::string Literals(std::span<const std::string> words) {
  std::vector<std::string> quoted;
  quoted.reserve(words.size());
  for (const std::string& word : words) {
    quoted.push_back(QuoteLiteral(word));
  }
  return fmt::format("{}", fmt::join(quoted, ", "));
}

std::string StatusIn(std::span<const std::string> words) {
  return words.empty() ? "false" : fmt::format(R"("status" IN ({}))", Literals(words));
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

/// Whether sessions can be followed by their ids.
bool FollowsSessions(const GameOffer& offer) {
  return offer.Has(GameMetric::kSessionsFinished);
}

// Few rows are live, and their partial index is found by the statuses' literals: here GROUP BY
// costs nothing.
std::string LiveRows(const GameStatement& s) {
  const bool has_start = s.schema.Has("game_sessions", "started_at");
  const std::string since =
      has_start ? R"(coalesce("started_at", "created_at"))" : R"("created_at")";
  Columns columns{.part = "live",
                  .name = R"("status"::text)",
                  .type = GameTypeOf(s.schema),
                  .numbers = {"count(*)", "NULL", "NULL", "NULL", "NULL", "NULL",
                              has_start ? R"(("started_at" IS NOT NULL)::int)" : "0"}};
  if (FollowsSessions(s.offer)) {
    columns.ids = AllIds("id");
  }
  if (s.offer.Has(GameMetric::kSeats)) {
    columns.numbers[1] = R"(sum("current_players"))";
    columns.numbers[2] = R"(sum(greatest("max_players" - "current_players", 0)))";
  }
  if (s.offer.Has(GameMetric::kLongRunning)) {
    columns.numbers[3] = fmt::format(
        R"(count(*) FILTER (WHERE {} AND now() - {} > interval '{} milliseconds'))",
        StatusIn(s.schema.statuses.in_play), since, s.options.max_game_duration.count());
    columns.numbers[4] = SecondsFrom(fmt::format("min({})", since), "now()");
    columns.numbers[5] = SecondsFrom(R"(min("created_at"))", "now()");
  }
  return fmt::format("{}\nFROM {}\nWHERE {}\nGROUP BY 2, 3, 11", Select(std::move(columns)),
                     s.schema.Source("game_sessions"), StatusIn(s.schema.statuses.live));
}

/// The rows of sessions of which `where` is true, each with what it tells of its life.
std::string SessionRows(const GameStatement& s, std::string_view part, std::string_view where) {
  const bool has_status = s.offer.Has(GameMetric::kActiveGames);
  const bool has_start = s.schema.Has("game_sessions", "started_at");
  const bool has_end = has_start && s.schema.Has("game_sessions", "completed_at");
  Columns columns{.part = part, .type = GameTypeOf(s.schema)};
  columns.name = has_status ? R"("status"::text)" : "NULL";
  columns.ids = FollowsSessions(s.offer) ? R"("id"::text)" : "NULL";
  columns.numbers = {
      Microseconds(R"("created_at")"),
      has_start ? R"(("started_at" IS NOT NULL)::int)" : "0",
      has_start ? SecondsFrom(R"("created_at")", R"("started_at")") : "NULL",
      has_end ? SecondsFrom(R"("started_at")", R"("completed_at")") : "NULL",
      has_status ? fmt::format(R"(("status" IN ({}))::int)", Literals(s.schema.statuses.live))
                 : "1",
  };
  return fmt::format("{}\nFROM {}\nWHERE {}", Select(std::move(columns)),
                     s.schema.Source("game_sessions"), where);
}

std::string SocketRows(const GameStatement& s) {
  const std::string recent = fmt::format(R"("last_ping" >= now() - interval '{} milliseconds')",
                                         s.options.online_window.count());
  Columns columns{.part = "sockets"};
  if (s.offer.Has(GameMetric::kConnectionsOpened)) {
    columns.ids = AllIds("connection_id");
  }
  if (s.offer.Has(GameMetric::kOnlinePlayers)) {
    columns.numbers = {fmt::format(R"(count(DISTINCT "player_id") FILTER (WHERE {}))", recent),
                       fmt::format("count(*) FILTER (WHERE ({}) IS NOT TRUE)", recent)};
  }
  return fmt::format("{}\nFROM {}\nWHERE \"is_active\"", Select(std::move(columns)),
                     s.schema.Source("websocket_connections"));
}

std::string AskedSocketRows(const GameStatement& s) {
  const bool has_reason = s.offer.Has(GameMetric::kDisconnections);
  return fmt::format("{}\nFROM {}\nWHERE \"connection_id\" = ANY ($3)",
                     Select({.part = "socket",
                             .name = has_reason ? R"("disconnect_reason"::text)" : "NULL",
                             .ids = R"("connection_id"::text)",
                             .numbers = {R"("is_active"::int)"}}),
                     s.schema.Source("websocket_connections"));
}

std::string FinishedRows(const GameStatement& s) {
  return fmt::format(
      "{}\nFROM {}\nWHERE {} AND \"completed_at\" >= \"started_at\"",
      Select({.part = "finished",
              .numbers = {"count(*)",
                          R"(extract(epoch FROM sum("completed_at" - "started_at")) * 1000000)"}}),
      s.schema.Source("game_history"), InSpan("completed_at"));
}

/// The text a move is counted under; where the column is missing all are counted as one.
std::string MoveTypeOf(const GameSchema& schema) {
  return schema.Has("game_moves", "move_type")
             ? fmt::format(R"(coalesce("move_type"::text, '{}'))", kOther)
             : "''";
}

/// The columns of the moves' one row that count response times, each with a comma before it. A
/// negative one is at most every bound: it is taken off again.
std::string ResponseColumns(const GameStatement& s) {
  std::string columns =
      R"(,
         count(*) FILTER (WHERE response_time >= interval '0') AS responses,
         sum(response_time) FILTER (WHERE response_time >= interval '0') AS response_time,
         count(*) FILTER (WHERE response_time IS NULL) AS no_response,
         count(*) FILTER (WHERE response_time < interval '0') AS negative)";
  for (std::size_t i = 0; i < s.options.bounds.move_response.size(); ++i) {
    columns += fmt::format(
        ",\n         count(*) FILTER (WHERE response_time <= interval '{} seconds') AS r{}",
        s.options.bounds.move_response[i], i);
  }
  return columns;
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
  const bool responses = s.offer.Has(GameMetric::kMoveResponse);
  return fmt::format(
      R"(, moves AS MATERIALIZED (
  SELECT
{counts}         {rest} FILTER (WHERE {unknown}) AS rest{responses}
  FROM (SELECT {type} AS move_type{response_time} FROM {table}
        WHERE {span}) AS new
))",
      fmt::arg("counts", counts),
      fmt::arg("rest", s.move_types.size() < kLabelBudget ? "array_agg(move_type)" : "count(*)"),
      fmt::arg("unknown", s.move_types.empty()
                              ? "true"
                              : fmt::format("move_type NOT IN ({})", Literals(s.move_types))),
      fmt::arg("responses", responses ? ResponseColumns(s) : ""),
      fmt::arg("type", MoveTypeOf(s.schema)),
      fmt::arg("response_time", responses ? R"(, "response_time" AS response_time)" : ""),
      fmt::arg("table", s.schema.Source("game_moves")), fmt::arg("span", InSpan("timestamp")));
}

/// Adds the parts that are read from the moves' one row.
void AddMoveRows(const GameStatement& s, std::vector<std::string>& parts) {
  std::vector<std::string> known;
  for (std::size_t i = 0; i < s.move_types.size(); ++i) {
    known.push_back(fmt::format("({}, c{})", QuoteLiteral(s.move_types[i]), i));
  }
  const bool budget_left = s.move_types.size() < kLabelBudget;
  if (!budget_left) {
    known.push_back(fmt::format("({}, rest)", QuoteLiteral(kOther)));
  }
  if (!known.empty()) {
    parts.push_back(
        Select({.part = "moves", .name = "v.name", .numbers = {"v.count"}}) +
        fmt::format("\nFROM moves, LATERAL (VALUES {}) AS v(name, count)", fmt::join(known, ", ")));
  }
  if (budget_left) {
    parts.push_back(Select({.part = "moves", .name = "name", .numbers = {"1"}}) +
                    "\nFROM moves, unnest(rest) AS name");
  }
}

void AddResponseRows(const GameStatement& s, std::vector<std::string>& parts) {
  std::vector<std::string> bounds;
  for (std::size_t i = 0; i < s.options.bounds.move_response.size(); ++i) {
    bounds.push_back(fmt::format("({0}, r{0} - negative)", i));
  }
  if (!bounds.empty()) {
    parts.push_back(Select({.part = "response", .numbers = {"v.bound", "v.count"}}) +
                    fmt::format("\nFROM moves, LATERAL (VALUES {}) AS v(bound, count)",
                                fmt::join(bounds, ", ")));
  }
  parts.push_back(Select({.part = "responses",
                          .numbers = {"responses", "extract(epoch FROM response_time)",
                                      "no_response", "negative"}}) +
                  "\nFROM moves");
}

/// The type of a parameter that holds ids. Where a table has none the parameter is not used.
std::string IdArray(const GameSchema& schema, std::string_view table, std::string_view column) {
  const GameColumn* id = schema.Find(table, column);
  return fmt::format("{}[]", id != nullptr ? id->type : "text");
}

std::string IdList(std::span<const std::string> ids) {
  return ids.empty() ? "'{}'" : fmt::format("ARRAY[{}]", Literals(ids));
}

}  // namespace

std::string BoundSql(bool sees_transactions, Duration holdback_cap) {
  return fmt::format(kBound, sees_transactions ? kOldestTransaction : kNobodyKnows,
                     sees_transactions ? "statement_timestamp()" : kReplayed, holdback_cap.count());
}

std::string BoundArguments(PgTimestamp watermark, PgTimestamp started_at) {
  return fmt::format("{}, {}", watermark.time_since_epoch().count(),
                     started_at.time_since_epoch().count());
}

std::string FixedBoundSql(PgTimestamp bound) {
  return fmt::format(
      "SELECT set_config('hakem.bound', '{}', false), set_config('hakem.exact', '1', false)",
      bound.time_since_epoch().count());
}

std::string GameParameterTypes(const GameSchema& schema) {
  return fmt::format("(bigint, {}, {})", IdArray(schema, "game_sessions", "id"),
                     IdArray(schema, "websocket_connections", "connection_id"));
}

std::string GameArguments(const GameSchema& schema, PgTimestamp from,
                          std::span<const std::string> sessions,
                          std::span<const std::string> connections) {
  return fmt::format("{}, {}::{}, {}::{}", from.time_since_epoch().count(), IdList(sessions),
                     IdArray(schema, "game_sessions", "id"), IdList(connections),
                     IdArray(schema, "websocket_connections", "connection_id"));
}

std::string GameSql(const GameStatement& statement) {
  const GameOffer& offer = statement.offer;
  std::vector<std::string> parts{SpanRows()};
  if (offer.Has(GameMetric::kActiveGames)) {
    parts.push_back(LiveRows(statement));
  }
  if (FollowsSessions(offer)) {
    parts.push_back(SessionRows(statement, "asked", R"("id" = ANY ($2))"));
  }
  if (offer.Has(GameMetric::kSessionsCreated)) {
    parts.push_back(SessionRows(statement, "created", InSpan("created_at")));
  }
  if (offer.Has(GameMetric::kOnlinePlayers) || offer.Has(GameMetric::kConnectionsOpened)) {
    parts.push_back(SocketRows(statement));
  }
  if (offer.Has(GameMetric::kConnectionsOpened)) {
    parts.push_back(AskedSocketRows(statement));
  }
  if (offer.Has(GameMetric::kAverageDuration)) {
    parts.push_back(FinishedRows(statement));
  }
  const bool moves = offer.Has(GameMetric::kMovesPerMinute);
  if (moves) {
    AddMoveRows(statement, parts);
  }
  if (offer.Has(GameMetric::kMoveResponse)) {
    AddResponseRows(statement, parts);
  }
  return fmt::format("{}{}{}", kSpan, moves ? MoveCte(statement) : "",
                     fmt::join(parts, "\nUNION ALL"));
}

}  // namespace hakem::collectors

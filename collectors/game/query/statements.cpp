#include "collectors/game/query/statements.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

namespace hakem::collectors {
namespace {

// The ends come out of a CTE, so that they are computed once and not for every row.
constexpr std::string_view kSpan = R"(
WITH span AS MATERIALIZED (
  SELECT $1 AS from_us, current_setting('hakem.bound')::bigint AS bound_us,
         timestamptz 'epoch' + $1 * interval '1 microsecond' AS lower,
         timestamptz 'epoch' + current_setting('hakem.bound')::bigint * interval '1 microsecond'
           AS upper,
         timestamptz 'epoch'
           + ($1 + current_setting('hakem.bound')::bigint) / 2 * interval '1 microsecond' AS middle
))";

std::string Microseconds(std::string_view instant) {
  return fmt::format("(extract(epoch FROM {}) * 1000000)::bigint", instant);
}

std::string SecondsFrom(std::string_view from, std::string_view to) {
  return fmt::format("extract(epoch FROM {} - {})", to, from);
}

std::string AllIds(std::string_view column, std::string_view distinct = "") {
  return fmt::format("string_agg({}{}::text, E'\\x{:02x}')", distinct, QuoteIdentifier(column),
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

/// `"timestamp" >= (…) AND "timestamp" < (…)`: the half-open span of this collection.
std::string InSpan(std::string_view column) {
  const std::string name = QuoteIdentifier(column);
  return fmt::format("{0} >= (SELECT lower FROM span) AND {0} < (SELECT upper FROM span)", name);
}

/// The same span as two halves. An OR is answered by a bitmap, which visits each page of the table
/// once; several writers mix the order of times within pages, so that an index scan would visit one
/// for nearly each row.
std::string InHalves(std::string_view column) {
  return fmt::format(
      "({0} >= (SELECT lower FROM span) AND {0} < (SELECT middle FROM span)\n"
      "          OR {0} >= (SELECT middle FROM span) AND {0} < (SELECT upper FROM span))",
      QuoteIdentifier(column));
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

std::string DisconnectReason(const GameStatement& s) {
  return s.offer.Has(GameMetric::kDisconnections) ? R"("disconnect_reason"::text)" : "NULL";
}

std::string AskedSocketRows(const GameStatement& s) {
  const bool has_end = s.schema.Has("websocket_connections", "disconnected_at");
  return fmt::format("{}\nFROM {}\nWHERE \"connection_id\" = ANY ($3)",
                     Select({.part = "socket",
                             .name = DisconnectReason(s),
                             .ids = R"("connection_id"::text)",
                             .numbers = {R"("is_active"::int)",
                                         has_end ? Microseconds(R"("disconnected_at")") : "NULL"}}),
                     s.schema.Source("websocket_connections"));
}

/// Whether an index tells which connections were closed in a span.
bool TellsClosed(const GameStatement& s) {
  const GameColumn* end = s.schema.Find("websocket_connections", "disconnected_at");
  return end != nullptr && end->indexed && s.offer.Has(GameMetric::kConnectionsOpened);
}

std::string ClosedSocketRows(const GameStatement& s) {
  return fmt::format("{}\nFROM {}\nWHERE {} AND NOT \"is_active\"",
                     Select({.part = "closed",
                             .name = DisconnectReason(s),
                             .ids = R"("connection_id"::text)",
                             .numbers = {Microseconds(R"("disconnected_at")")}}),
                     s.schema.Source("websocket_connections"), InSpan("disconnected_at"));
}

std::string FinishedRows(const GameStatement& s) {
  const auto finished = FinishedGamesOf(s.schema);
  return fmt::format(
      "{}\nFROM {}\nWHERE {} AND {} AND \"completed_at\" >= \"started_at\"",
      Select({.part = "finished",
              .numbers = {"count(*)",
                          R"(extract(epoch FROM sum("completed_at" - "started_at")) * 1000000)"}}),
      s.schema.Source(finished->table), InSpan("completed_at"), finished->condition);
}

/// The condition that a move is not of a game that was played to its end of late: such a game has
/// one row, or one entry in the index on its end, however often its session was updated.
std::string OfNoneFinished(const GameSchema& schema) {
  const GameColumn* id = schema.Find("game_moves", "game_session_id");
  const auto finished = FinishedGamesOf(schema);
  const GameColumn* finished_id = finished ? schema.Find(finished->table, finished->id) : nullptr;
  if (finished_id == nullptr || finished_id->type != id->type) {
    return "true";
  }
  return fmt::format(
      R"("game_session_id" NOT IN (
  SELECT {0} FROM {1}
  WHERE "completed_at" >= now() - interval '1 minute' AND {2} AND {0} IS NOT NULL))",
      QuoteIdentifier(finished->id), schema.Source(finished->table), finished->condition);
}

/// Moves are only ever inserted: their newest rows are cheap to read whatever snapshot is held.
/// Requires: they tell their game.
std::string MovingRows(const GameStatement& s) {
  return fmt::format("{}\nFROM {}\nWHERE \"timestamp\" >= now() - interval '1 minute' AND {}",
                     Select({.part = "moving", .ids = AllIds("game_session_id", "DISTINCT ")}),
                     s.schema.Source("game_moves"), OfNoneFinished(s.schema));
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
      fmt::arg("table", s.schema.Source("game_moves")), fmt::arg("span", InHalves("timestamp")));
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

/// Adds what is live now, and what became of what was live before.
void AddScanRows(const GameStatement& s, std::vector<std::string>& parts) {
  if (s.offer.Has(GameMetric::kActiveGames)) {
    parts.push_back(LiveRows(s));
  }
  if (FollowsSessions(s.offer)) {
    parts.push_back(SessionRows(s, "asked", R"("id" = ANY ($2))"));
  }
  if (s.offer.Has(GameMetric::kOnlinePlayers) || s.offer.Has(GameMetric::kConnectionsOpened)) {
    parts.push_back(SocketRows(s));
  }
  if (s.offer.Has(GameMetric::kConnectionsOpened)) {
    parts.push_back(AskedSocketRows(s));
  }
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
  if (statement.scan) {
    AddScanRows(statement, parts);
  } else if (statement.schema.Has("game_moves", "game_session_id") &&
             offer.Has(GameMetric::kMovesPerMinute)) {
    parts.push_back(MovingRows(statement));
  }
  if (offer.Has(GameMetric::kSessionsCreated)) {
    parts.push_back(SessionRows(statement, "created", InSpan("created_at")));
  }
  if (TellsClosed(statement)) {
    parts.push_back(ClosedSocketRows(statement));
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

#include "collectors/game/query/statements.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

#include "collectors/game/counting/followed_rows.h"
#include "collectors/game/counting/game_reading.h"
#include "collectors/game/counting/label_limit.h"

namespace hakem::collectors {
namespace {

// A materialized CTE computes the ends of the time range once, not for every row.
constexpr std::string_view kSpan = R"(
WITH span AS MATERIALIZED (
  SELECT $1 AS from_us, current_setting('hakem.horizon')::bigint AS horizon_us,
         timestamptz 'epoch' + $1 * interval '1 microsecond' AS lower,
         timestamptz 'epoch' + current_setting('hakem.horizon')::bigint * interval '1 microsecond'
           AS upper,
         timestamptz 'epoch'
           + ($1 + current_setting('hakem.horizon')::bigint) / 2 * interval '1 microsecond' AS middle
))";

std::string Microseconds(std::string_view instant) {
  return fmt::format("(extract(epoch FROM {}) * 1000000)::bigint", instant);
}

std::string SecondsFrom(std::string_view from, std::string_view to) {
  return fmt::format("extract(epoch FROM {} - {})", to, from);
}

/// Joins all values of the column `id` into one text; `filter` follows the aggregate.
std::string AllIds(std::string_view filter = "") {
  return fmt::format("string_agg(id, E'\\x{:02x}'){}", static_cast<unsigned>(kIdSeparator), filter);
}

/// An id column as text; NULL if the text is empty, too long or contains the separator.
/// octet_length does not read a long text from TOAST.
std::string IdOf(const GameSchema& schema, std::string_view table, std::string_view column) {
  const GameColumn* found = schema.Find(table, column);
  const std::string text = QuoteIdentifier(column) + "::text";
  if (found == nullptr || !found->is_text) {
    return text;
  }
  return fmt::format(
      "CASE WHEN octet_length({0}) BETWEEN 1 AND {1}\n"
      "            AND strpos(({0}) COLLATE \"C\", E'\\x{2:02x}') = 0 THEN {0} END",
      text, kMaxTextBytes, static_cast<unsigned>(kIdSeparator));
}

/// A column that becomes a label, as text; kOther if it is too long.
std::string WordOf(const GameSchema& schema, std::string_view table, std::string_view column) {
  const GameColumn* found = schema.Find(table, column);
  const std::string text = QuoteIdentifier(column) + "::text";
  return found != nullptr && found->is_text
             ? fmt::format("CASE WHEN octet_length({0}) > {1} THEN '{2}' ELSE {0} END", text,
                           kMaxTextBytes, kOther)
             : text;
}

// Between these times differences and microseconds since 1970 cannot overflow, and a date or a
// timestamp without time zone can be cast to timestamptz. Infinite times are outside.
constexpr std::string_view kFirstTime = "'1900-01-01'";
constexpr std::string_view kAfterLastTime = "'2200-01-01'";

std::string InRange(std::string_view column) {
  return fmt::format("{0} >= {1} AND {0} < {2}", QuoteIdentifier(column), kFirstTime,
                     kAfterLastTime);
}

std::string OutOfRange(std::string_view column) {
  return fmt::format("({0} < {1} OR {0} >= {2})", QuoteIdentifier(column), kFirstTime,
                     kAfterLastTime);
}

/// The time in a column; NULL if it is out of range.
std::string TimeOf(std::string_view column) {
  return fmt::format("CASE WHEN {} THEN {}::timestamptz END", InRange(column),
                     QuoteIdentifier(column));
}

/// The seconds between the times in two columns; NULL if one is NULL, NaN if one is out of range.
std::string SecondsBetween(std::string_view from, std::string_view to) {
  return fmt::format(
      "CASE WHEN {0} AND {1}\n"
      "       THEN extract(epoch FROM {3}::timestamptz - {2}::timestamptz)\n"
      "       WHEN {2} IS NOT NULL AND {3} IS NOT NULL THEN 'NaN' END",
      InRange(from), InRange(to), QuoteIdentifier(from), QuoteIdentifier(to));
}

/// A duration as an interval that can be subtracted from now() without overflow.
std::string Milliseconds(Duration duration) {
  constexpr Duration kLongest = std::chrono::hours(24 * 366 * 300);
  return fmt::format("interval '{} milliseconds'", std::min(duration, kLongest).count());
}

/// `type` for the first kMaxTypes rows by `rank`, else kOther.
std::string KeptType() {
  return fmt::format("CASE WHEN rank <= {} THEN type ELSE '{}' END", kMaxTypes, kOther);
}

/// The columns of one part's rows; those that are not given are NULL.
struct Columns {
  std::string_view part;
  std::string name = "NULL";
  std::string type = "NULL";
  std::string ids = "NULL";
  std::vector<std::string> numbers = {};
};

constexpr std::size_t kNumbers = 8;

/// Returns `SELECT 'part', …`. The first part names the columns and gives them their types.
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
                 .numbers = {"from_us", "horizon_us", Microseconds("now()"),
                             "current_setting('hakem.exact')"}},
                true) +
         "\nFROM span";
}

/// The condition that a time is in the half-open range of this collection.
std::string InSpan(std::string_view column) {
  const std::string name = QuoteIdentifier(column);
  return fmt::format("{0} >= (SELECT lower FROM span) AND {0} < (SELECT upper FROM span)", name);
}

/// The same condition, written as two halves joined by OR. The planner then uses a bitmap scan,
/// which reads each page once. Several writers mix the order of times within pages, so that a plain
/// index scan would read a page for nearly every row.
std::string InHalves(std::string_view column) {
  return fmt::format(
      "({0} >= (SELECT lower FROM span) AND {0} < (SELECT middle FROM span)\n"
      "          OR {0} >= (SELECT middle FROM span) AND {0} < (SELECT upper FROM span))",
      QuoteIdentifier(column));
}

/// The game type as a label, or NULL if the schema has no game types.
std::string GameTypeOf(const GameSchema& schema) {
  return schema.Has("game_sessions", "game_type") ? WordOf(schema, "game_sessions", "game_type")
                                                  : "NULL::text";
}

/// Returns whether sessions can be followed by their ids.
bool FollowsSessions(const AvailableMetrics& available) {
  return available.Has(GameMetric::kSessionsFinished);
}

/// The condition that both numbers of players are NULL or in range.
std::string SeatsAreNumbers() {
  return R"((coalesce("current_players", 0) BETWEEN 0 AND 2147483647
              AND coalesce("max_players", 0) BETWEEN 0 AND 2147483647))";
}

/// Which values of a live session cannot be used, as the sum of kUnusable… bits.
std::string UnusableValuesOf(const GameStatement& s, bool has_start) {
  std::vector<std::string> bits{"0"};
  const auto add = [&](int bit, const std::string& condition) {
    bits.push_back(fmt::format("CASE WHEN {} THEN {} ELSE 0 END", condition, bit));
  };
  if (s.available.Has(GameMetric::kLongRunning)) {
    add(kUnusableTime, has_start ? OutOfRange("created_at") + " OR " + OutOfRange("started_at")
                                 : OutOfRange("created_at"));
  }
  if (s.available.Has(GameMetric::kSeats)) {
    add(kUnusableSeats, "NOT " + SeatsAreNumbers());
  }
  const GameColumn* id = s.schema.Find("game_sessions", "id");
  if (FollowsSessions(s.available) && id != nullptr && id->is_text) {
    add(kUnusableId, fmt::format("({}) IS NULL", IdOf(s.schema, "game_sessions", "id")));
  }
  return fmt::format("{}", fmt::join(bits, " + "));
}

/// The columns of a live session that LiveRows aggregates.
std::string LiveColumns(const GameStatement& s) {
  const bool has_start = s.schema.Has("game_sessions", "started_at");
  const bool has_ages = s.available.Has(GameMetric::kLongRunning);
  const bool has_seats = s.available.Has(GameMetric::kSeats);
  const std::string since =
      has_start ? fmt::format(R"(CASE WHEN "started_at" IS NULL THEN {} ELSE {} END)",
                              TimeOf("created_at"), TimeOf("started_at"))
                : TimeOf("created_at");
  return fmt::format(
      R"("status"::text AS status, {} AS type, {} AS id,
         {} AS started, {} AS unusable,
         {} AS in_play, {} AS since, {} AS created,
         {} AS taken,
         {} AS free,
         row_number() OVER () AS place)",
      GameTypeOf(s.schema),
      FollowsSessions(s.available) ? IdOf(s.schema, "game_sessions", "id") : "NULL::text",
      has_start ? R"(("started_at" IS NOT NULL)::int)" : "0", UnusableValuesOf(s, has_start),
      StatusIn(s.schema.statuses.in_play), has_ages ? since : "NULL::timestamptz",
      has_ages ? TimeOf("created_at") : "NULL::timestamptz",
      has_seats
          ? fmt::format(R"(CASE WHEN {} THEN "current_players"::float8 END)", SeatsAreNumbers())
          : "NULL::float8",
      has_seats ? fmt::format(R"(CASE WHEN {}
              THEN greatest("max_players"::float8 - "current_players"::float8, 0) END)",
                              SeatsAreNumbers())
                : "NULL::float8");
}

// Few rows are live, and the literal statuses let the planner use a partial index, so GROUP BY is
// cheap here. The second grouping limits the number of rows, however many game types there are.
std::string LiveRows(const GameStatement& s) {
  const Columns columns{
      .part = "live",
      .name = "status",
      .type = KeptType(),
      .ids = fmt::format("string_agg(ids, E'\\x{:02x}')", static_cast<unsigned>(kIdSeparator)),
      .numbers = {"sum(sessions)", "sum(taken)", "sum(free)", "sum(long)",
                  SecondsFrom("min(since)", "now()"), SecondsFrom("min(created)", "now()"),
                  "started", "unusable"}};
  return fmt::format(
      R"({}
FROM (
  SELECT status, type, started, unusable, count(*) AS sessions, {} AS ids,
         sum(taken) AS taken, sum(free) AS free,
         count(*) FILTER (WHERE in_play AND since < now() - {}) AS long,
         min(since) AS since, min(created) AS created,
         row_number() OVER (ORDER BY count(*) DESC) AS rank
  FROM (SELECT {}
        FROM {}
        WHERE {}) AS session
  GROUP BY status, type, started, unusable) AS grouped
GROUP BY 2, 3, 11, 12)",
      Select(columns), AllIds(fmt::format(" FILTER (WHERE place <= {})", kMaxFollowedRows)),
      Milliseconds(s.options.max_game_duration), LiveColumns(s), s.schema.Source("game_sessions"),
      StatusIn(s.schema.statuses.live));
}

/// The columns of a part that has one row for each session.
Columns LifeOfSession(const GameStatement& s, std::string_view part) {
  const bool has_status = s.available.Has(GameMetric::kActiveGames);
  const bool has_start = s.schema.Has("game_sessions", "started_at");
  const bool has_end = has_start && s.schema.Has("game_sessions", "completed_at");
  Columns columns{.part = part, .type = GameTypeOf(s.schema)};
  columns.name = has_status ? WordOf(s.schema, "game_sessions", "status") : "NULL::text";
  columns.ids = FollowsSessions(s.available) ? IdOf(s.schema, "game_sessions", "id") : "NULL::text";
  columns.numbers = {
      fmt::format("CASE WHEN {} THEN {} END", InRange("created_at"),
                  Microseconds(R"("created_at")")),
      has_start ? R"(("started_at" IS NOT NULL)::int)" : "0",
      has_start ? SecondsBetween("created_at", "started_at") : "NULL::float8",
      has_end ? SecondsBetween("started_at", "completed_at") : "NULL::float8",
      has_status ? fmt::format(R"(("status" IN ({}))::int)", Literals(s.schema.statuses.live))
                 : "1",
      has_status && has_end ? fmt::format("({})::int", StatusIn(s.schema.statuses.completed)) : "0",
  };
  return columns;
}

std::string RequestedRows(const GameStatement& s) {
  return fmt::format("{}\nFROM {}\nWHERE \"id\" = ANY ($2)", Select(LifeOfSession(s, "requested")),
                     s.schema.Source("game_sessions"));
}

/// A CTE of the new sessions, for AddCreatedRows.
std::string CreatedCte(const GameStatement& s) {
  const Columns life = LifeOfSession(s, "");
  std::string numbers;
  for (std::size_t i = 0; i < life.numbers.size(); ++i) {
    numbers += fmt::format(", {} AS v{}", life.numbers[i], i + 1);
  }
  return fmt::format(
      R"(, created AS MATERIALIZED (
  SELECT {} AS name, {} AS type, {} AS id{},
         row_number() OVER () AS place
  FROM {}
  WHERE {}
))",
      life.name, life.type, life.ids, numbers, s.schema.Source("game_sessions"),
      InSpan("created_at"));
}

/// Adds a row for each new session up to kMaxRows, and the counts by type of those beyond.
void AddCreatedRows(std::vector<std::string>& parts) {
  parts.push_back(Select({.part = "created",
                          .name = "name",
                          .type = "type",
                          .ids = "id",
                          .numbers = {"v1", "v2", "v3", "v4", "v5", "v6"}}) +
                  fmt::format("\nFROM created WHERE place <= {}", kMaxRows));
  parts.push_back(
      Select({.part = "created_overflow", .type = KeptType(), .numbers = {"sum(sessions)"}}) +
      fmt::format(R"(
FROM (
  SELECT type, count(*) AS sessions, row_number() OVER (ORDER BY count(*) DESC) AS rank
  FROM created WHERE place > {} GROUP BY type) AS grouped
GROUP BY 3)",
                  kMaxRows));
}

std::string ConnectionRows(const GameStatement& s) {
  const std::string recent =
      fmt::format(R"("last_ping" >= now() - {})", Milliseconds(s.options.online_window));
  const bool follows = s.available.Has(GameMetric::kConnectionsOpened);
  const bool has_players = s.available.Has(GameMetric::kOnlinePlayers);
  Columns columns{.part = "connections"};
  if (follows) {
    columns.ids = AllIds(fmt::format(" FILTER (WHERE place <= {})", kMaxFollowedRows));
  }
  columns.numbers = {"NULL", "NULL", "count(*)"};
  if (has_players) {
    columns.numbers[0] = "count(DISTINCT player) FILTER (WHERE recent)";
    columns.numbers[1] = "count(*) FILTER (WHERE recent IS NOT TRUE)";
  }
  return fmt::format(
      R"({}
FROM (SELECT {} AS id, {} AS player, {} AS recent, row_number() OVER () AS place
      FROM {}
      WHERE "is_active") AS active)",
      Select(std::move(columns)),
      follows ? IdOf(s.schema, "websocket_connections", "connection_id") : "NULL::text",
      has_players ? R"("player_id")" : "0", has_players ? recent : "false",
      s.schema.Source("websocket_connections"));
}

std::string DisconnectReason(const GameStatement& s) {
  return s.available.Has(GameMetric::kDisconnections)
             ? WordOf(s.schema, "websocket_connections", "disconnect_reason")
             : "NULL";
}

std::string RequestedConnectionRows(const GameStatement& s) {
  const bool has_end = s.schema.Has("websocket_connections", "disconnected_at");
  return fmt::format("{}\nFROM {}\nWHERE \"connection_id\" = ANY ($3)",
                     Select({.part = "requested_connection",
                             .name = DisconnectReason(s),
                             .ids = IdOf(s.schema, "websocket_connections", "connection_id"),
                             .numbers = {R"("is_active"::int)",
                                         has_end ? fmt::format("CASE WHEN {} THEN {} END",
                                                               InRange("disconnected_at"),
                                                               Microseconds(R"("disconnected_at")"))
                                                 : "NULL"}}),
                     s.schema.Source("websocket_connections"));
}

/// Returns whether an index allows reading the connections that were closed in a time range.
bool CanReadClosed(const GameStatement& s) {
  const GameColumn* end = s.schema.Find("websocket_connections", "disconnected_at");
  return end != nullptr && end->indexed && s.available.Has(GameMetric::kConnectionsOpened);
}

std::string ClosedConnectionRows(const GameStatement& s) {
  const std::string rows = Select({.part = "closed_connection",
                                   .name = DisconnectReason(s),
                                   .ids = IdOf(s.schema, "websocket_connections", "connection_id"),
                                   .numbers = {Microseconds(R"("disconnected_at")")}});
  return fmt::format("\n({}\nFROM {}\nWHERE {} AND NOT \"is_active\"\nLIMIT {})", rows,
                     s.schema.Source("websocket_connections"), InSpan("disconnected_at"),
                     kMaxRows + 1);
}

std::string FinishedRows(const GameStatement& s) {
  const auto finished = FinishedGamesOf(s.schema);
  constexpr std::string_view kPlayed =
      R"(FILTER (WHERE "started_at" >= '1900-01-01' AND "completed_at" >= "started_at"))";
  return fmt::format(
      "{}\nFROM {}\nWHERE {} AND {}",
      Select({.part = "finished",
              .numbers = {fmt::format("count(*) {}", kPlayed),
                          fmt::format(R"(extract(epoch FROM sum(
         "completed_at"::timestamptz - "started_at"::timestamptz) {}) * 1000000)",
                                      kPlayed),
                          fmt::format("count(*) FILTER (WHERE {})", OutOfRange("started_at"))}}),
      s.schema.Source(finished->table), InSpan("completed_at"), finished->condition);
}

/// The condition that a move does not belong to a game that was completed in the last minute. Such
/// a game has one history row, or one index entry, however often its session was updated.
std::string NotOfAFinishedGame(const GameSchema& schema) {
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

/// The games of the last minute's moves. Moves are only inserted, so their newest rows are cheap to
/// read whatever snapshot is held. Requires: moves have the id of their game.
std::string MovingRows(const GameStatement& s) {
  return fmt::format(
      R"({}
FROM (SELECT id, row_number() OVER () AS place
      FROM (SELECT DISTINCT {} AS id
            FROM {}
            WHERE "timestamp" >= now() - interval '1 minute' AND {}) AS games) AS moving)",
      Select({.part = "moving",
              .ids = AllIds(fmt::format(" FILTER (WHERE place <= {})", kMaxFollowedRows)),
              .numbers = {"count(id)"}}),
      IdOf(s.schema, "game_moves", "game_session_id"), s.schema.Source("game_moves"),
      NotOfAFinishedGame(s.schema));
}

/// The label that a move is counted under; empty for all moves if there is no such column.
std::string MoveTypeOf(const GameSchema& schema) {
  return schema.Has("game_moves", "move_type")
             ? fmt::format("coalesce({}, '{}')", WordOf(schema, "game_moves", "move_type"), kOther)
             : "''";
}

/// A histogram bound, limited to what an interval can hold.
double BoundSeconds(double seconds) {
  return std::clamp(seconds, -1e9, 1e9);
}

/// Longer response times count as out of range, because their sum would overflow an interval.
std::string LongestResponse(const GameStatement& s) {
  constexpr double kYear = 366.0 * 24 * 3600;
  const std::vector<double>& bounds = s.options.bounds.move_response;
  return fmt::format("interval '{} seconds'",
                     bounds.empty() ? kYear : std::max(kYear, BoundSeconds(bounds.back())));
}

/// The columns of the CTE `moves` that count response times, each with a comma before it. Negative
/// times are below every bound, so AddResponseRows subtracts them.
std::string ResponseColumns(const GameStatement& s) {
  const std::string longest = LongestResponse(s);
  std::string columns = fmt::format(
      R"(,
         count(*) FILTER (WHERE response_time BETWEEN interval '0' AND {0}) AS responses,
         sum(response_time) FILTER (WHERE response_time BETWEEN interval '0' AND {0})
           AS response_time,
         count(*) FILTER (WHERE response_time IS NULL) AS no_response,
         count(*) FILTER (WHERE response_time < interval '0') AS negative,
         count(*) FILTER (WHERE response_time > {0}) AS too_long)",
      longest);
  for (std::size_t i = 0; i < s.options.bounds.move_response.size(); ++i) {
    columns += fmt::format(
        ",\n         count(*) FILTER (WHERE response_time <= interval '{} seconds') AS r{}",
        BoundSeconds(s.options.bounds.move_response[i]), i);
  }
  return columns;
}

// One pass over the new moves: these filters cost a tenth of grouping a range scan under a generic
// plan. Moves of types that are not known yet are collected in an array and grouped afterwards;
// from then on their types are known. Types beyond kMaxLabelValues are counted as kOther.
std::string MoveCte(const GameStatement& s) {
  std::string counts;
  for (std::size_t i = 0; i < s.move_types.size(); ++i) {
    counts += fmt::format("         count(*) FILTER (WHERE move_type = {}) AS c{},\n",
                          QuoteLiteral(s.move_types[i]), i);
  }
  std::vector<std::string> known(s.move_types.begin(), s.move_types.end());
  if (s.move_types.size() < kMaxLabelValues) {
    counts += fmt::format("         count(*) FILTER (WHERE move_type = '{}') AS others,\n", kOther);
    known.emplace_back(kOther);
  }
  const bool responses = s.available.Has(GameMetric::kMoveResponse);
  return fmt::format(
      R"(, moves AS MATERIALIZED (
  SELECT
{counts}         {rest} FILTER (WHERE {unknown}) AS rest{responses}
  FROM (SELECT {type} AS move_type{response_time} FROM {table}
        WHERE {span}) AS new
))",
      fmt::arg("counts", counts),
      fmt::arg("rest", s.move_types.size() < kMaxLabelValues ? "array_agg(move_type)" : "count(*)"),
      fmt::arg("unknown", fmt::format("move_type NOT IN ({})", Literals(known))),
      fmt::arg("responses", responses ? ResponseColumns(s) : ""),
      fmt::arg("type", MoveTypeOf(s.schema)),
      fmt::arg("response_time", responses ? R"(, "response_time" AS response_time)" : ""),
      fmt::arg("table", s.schema.Source("game_moves")), fmt::arg("span", InHalves("timestamp")));
}

/// Adds the parts that come from the one row of the CTE `moves`.
void AddMoveRows(const GameStatement& s, std::vector<std::string>& parts) {
  std::vector<std::string> known;
  for (std::size_t i = 0; i < s.move_types.size(); ++i) {
    known.push_back(fmt::format("({}, c{})", QuoteLiteral(s.move_types[i]), i));
  }
  const bool below_limit = s.move_types.size() < kMaxLabelValues;
  if (!below_limit) {
    known.push_back(fmt::format("({}, rest)", QuoteLiteral(kOther)));
  }
  if (!known.empty()) {
    parts.push_back(
        Select({.part = "moves", .name = "v.name", .numbers = {"v.count"}}) +
        fmt::format("\nFROM moves, LATERAL (VALUES {}) AS v(name, count)", fmt::join(known, ", ")));
  }
  if (below_limit) {
    parts.push_back(
        Select({.part = "moves", .name = fmt::format("'{}'", kOther), .numbers = {"others"}}) +
        "\nFROM moves WHERE others > 0");
    parts.push_back(Select({.part = "moves",
                            .name = fmt::format("CASE WHEN rank <= {} THEN name ELSE '{}' END",
                                                kMaxLabelValues - s.move_types.size(), kOther),
                            .numbers = {"sum(count)"}}) +
                    R"(
FROM (
  SELECT name, count(*) AS count, row_number() OVER (ORDER BY count(*) DESC, name) AS rank
  FROM moves, unnest(rest) AS name GROUP BY name) AS unknown
GROUP BY 2)");
  }
}

void AddResponseRows(const GameStatement& s, std::vector<std::string>& parts) {
  std::vector<std::string> bounds;
  for (std::size_t i = 0; i < s.options.bounds.move_response.size(); ++i) {
    bounds.push_back(fmt::format("({0}, r{0} - negative)", i));
  }
  if (!bounds.empty()) {
    parts.push_back(Select({.part = "response_bucket", .numbers = {"v.bound", "v.count"}}) +
                    fmt::format("\nFROM moves, LATERAL (VALUES {}) AS v(bound, count)",
                                fmt::join(bounds, ", ")));
  }
  parts.push_back(Select({.part = "responses",
                          .numbers = {"responses", "extract(epoch FROM response_time)",
                                      "no_response", "negative", "too_long"}}) +
                  "\nFROM moves");
}

/// Adds the live rows, and the requested rows of those that were live before.
void AddScanRows(const GameStatement& s, std::vector<std::string>& parts) {
  if (s.available.Has(GameMetric::kActiveGames)) {
    parts.push_back(LiveRows(s));
  }
  if (FollowsSessions(s.available)) {
    parts.push_back(RequestedRows(s));
  }
  if (s.available.Has(GameMetric::kOnlinePlayers) ||
      s.available.Has(GameMetric::kConnectionsOpened)) {
    parts.push_back(ConnectionRows(s));
  }
  if (s.available.Has(GameMetric::kConnectionsOpened)) {
    parts.push_back(RequestedConnectionRows(s));
  }
}

/// The type of a parameter with ids. If the table has no ids the parameter is not used.
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
  const AvailableMetrics& available = statement.available;
  std::vector<std::string> parts{SpanRows()};
  if (statement.scan) {
    AddScanRows(statement, parts);
  } else if (statement.schema.Has("game_moves", "game_session_id") &&
             available.Has(GameMetric::kMovesPerMinute)) {
    parts.push_back(MovingRows(statement));
  }
  const bool created = available.Has(GameMetric::kSessionsCreated);
  if (created) {
    AddCreatedRows(parts);
  }
  if (CanReadClosed(statement)) {
    parts.push_back(ClosedConnectionRows(statement));
  }
  if (available.Has(GameMetric::kAverageDuration)) {
    parts.push_back(FinishedRows(statement));
  }
  const bool moves = available.Has(GameMetric::kMovesPerMinute);
  if (moves) {
    AddMoveRows(statement, parts);
  }
  if (available.Has(GameMetric::kMoveResponse)) {
    AddResponseRows(statement, parts);
  }
  return fmt::format("{}{}{}{}", kSpan, moves ? MoveCte(statement) : "",
                     created ? CreatedCte(statement) : "", fmt::join(parts, "\nUNION ALL"));
}

}  // namespace hakem::collectors

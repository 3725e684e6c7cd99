#include "collectors/game/query/statements.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

#include "collectors/game/counting/followed_rows.h"
#include "collectors/game/query/move_rows.h"
#include "collectors/game/query/row_sql.h"
#include "collectors/game/query/session_rows.h"

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

std::string SpanRows() {
  return SelectPart({.part = "span",
                     .numbers = {"from_us", "horizon_us", MicrosecondsOf("now()"),
                                 "current_setting('hakem.exact')"}},
                    true) +
         "\nFROM span";
}

std::string ConnectionRows(const GameStatement& s) {
  const std::string recent =
      fmt::format(R"("last_ping" >= now() - {})", IntervalOf(s.options.online_window));
  const bool follows = s.available.Has(GameMetric::kConnectionsOpened);
  const bool has_players = s.available.Has(GameMetric::kOnlinePlayers);
  PartColumns columns{.part = "connections"};
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
      SelectPart(std::move(columns)),
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
  return fmt::format(
      "{}\nFROM {}\nWHERE \"connection_id\" = ANY ($3)",
      SelectPart(
          {.part = "requested_connection",
           .name = DisconnectReason(s),
           .ids = IdOf(s.schema, "websocket_connections", "connection_id"),
           .numbers = {R"("is_active"::int)",
                       has_end ? fmt::format("CASE WHEN {} THEN {} END", InRange("disconnected_at"),
                                             MicrosecondsOf(R"("disconnected_at")"))
                               : "NULL"}}),
      s.schema.Source("websocket_connections"));
}

/// Returns whether an index allows reading the connections that were closed in a time range.
bool CanReadClosed(const GameStatement& s) {
  const GameColumn* end = s.schema.Find("websocket_connections", "disconnected_at");
  return end != nullptr && end->indexed && s.available.Has(GameMetric::kConnectionsOpened);
}

std::string ClosedConnectionRows(const GameStatement& s) {
  const std::string rows =
      SelectPart({.part = "closed_connection",
                  .name = DisconnectReason(s),
                  .ids = IdOf(s.schema, "websocket_connections", "connection_id"),
                  .numbers = {MicrosecondsOf(R"("disconnected_at")")}});
  return fmt::format("\n({}\nFROM {}\nWHERE {} AND NOT \"is_active\"\nLIMIT {})", rows,
                     s.schema.Source("websocket_connections"), InSpan("disconnected_at"),
                     kMaxRows + 1);
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

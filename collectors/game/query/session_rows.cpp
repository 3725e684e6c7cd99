#include "collectors/game/query/session_rows.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "collectors/game/counting/followed_rows.h"
#include "collectors/game/counting/game_reading.h"
#include "collectors/game/query/row_sql.h"

namespace hakem::collectors {
namespace {

/// The game type as a label, or NULL if the schema has no game types.
std::string GameTypeOf(const GameSchema& schema) {
  return schema.Has("game_sessions", "game_type") ? WordOf(schema, "game_sessions", "game_type")
                                                  : "NULL::text";
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

/// The columns of a part that has one row for each session.
PartColumns LifeOfSession(const GameStatement& s, std::string_view part) {
  const bool has_status = s.available.Has(GameMetric::kActiveGames);
  const bool has_start = s.schema.Has("game_sessions", "started_at");
  const bool has_end = has_start && s.schema.Has("game_sessions", "completed_at");
  PartColumns columns{.part = part, .type = GameTypeOf(s.schema)};
  columns.name = has_status ? WordOf(s.schema, "game_sessions", "status") : "NULL::text";
  columns.ids = FollowsSessions(s.available) ? IdOf(s.schema, "game_sessions", "id") : "NULL::text";
  columns.numbers = {
      fmt::format("CASE WHEN {} THEN {} END", InRange("created_at"),
                  MicrosecondsOf(R"("created_at")")),
      has_start ? R"(("started_at" IS NOT NULL)::int)" : "0",
      has_start ? SecondsBetween("created_at", "started_at") : "NULL::float8",
      has_end ? SecondsBetween("started_at", "completed_at") : "NULL::float8",
      has_status ? fmt::format(R"(("status" IN ({}))::int)", Literals(s.schema.statuses.live))
                 : "1",
      has_status && has_end ? fmt::format("({})::int", StatusIn(s.schema.statuses.completed)) : "0",
  };
  return columns;
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

}  // namespace

bool FollowsSessions(const AvailableMetrics& available) {
  return available.Has(GameMetric::kSessionsFinished);
}

// Few rows are live, and the literal statuses let the planner use a partial index, so GROUP BY is
// cheap here. The second grouping limits the number of rows, however many game types there are.
std::string LiveRows(const GameStatement& s) {
  const PartColumns columns{
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
      SelectPart(columns), AllIds(fmt::format(" FILTER (WHERE place <= {})", kMaxFollowedRows)),
      IntervalOf(s.options.max_game_duration), LiveColumns(s), s.schema.Source("game_sessions"),
      StatusIn(s.schema.statuses.live));
}

std::string RequestedRows(const GameStatement& s) {
  return fmt::format("{}\nFROM {}\nWHERE \"id\" = ANY ($2)",
                     SelectPart(LifeOfSession(s, "requested")), s.schema.Source("game_sessions"));
}

std::string CreatedCte(const GameStatement& s) {
  const PartColumns life = LifeOfSession(s, "");
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

void AddCreatedRows(std::vector<std::string>& parts) {
  parts.push_back(SelectPart({.part = "created",
                              .name = "name",
                              .type = "type",
                              .ids = "id",
                              .numbers = {"v1", "v2", "v3", "v4", "v5", "v6"}}) +
                  fmt::format("\nFROM created WHERE place <= {}", kMaxRows));
  parts.push_back(
      SelectPart({.part = "created_overflow", .type = KeptType(), .numbers = {"sum(sessions)"}}) +
      fmt::format(R"(
FROM (
  SELECT type, count(*) AS sessions, row_number() OVER (ORDER BY count(*) DESC) AS rank
  FROM created WHERE place > {} GROUP BY type) AS grouped
GROUP BY 3)",
                  kMaxRows));
}

std::string FinishedRows(const GameStatement& s) {
  const auto finished = FinishedGamesOf(s.schema);
  constexpr std::string_view kPlayed =
      R"(FILTER (WHERE "started_at" >= '1900-01-01' AND "completed_at" >= "started_at"))";
  return fmt::format("{}\nFROM {}\nWHERE {} AND {}",
                     SelectPart({.part = "finished",
                                 .numbers = {fmt::format("count(*) {}", kPlayed),
                                             fmt::format(R"(extract(epoch FROM sum(
         "completed_at"::timestamptz - "started_at"::timestamptz) {}) * 1000000)",
                                                         kPlayed),
                                             fmt::format("count(*) FILTER (WHERE {})",
                                                         OutOfRange("started_at"))}}),
                     s.schema.Source(finished->table), InSpan("completed_at"), finished->condition);
}

std::string MovingRows(const GameStatement& s) {
  return fmt::format(
      R"({}
FROM (SELECT id, row_number() OVER () AS place
      FROM (SELECT DISTINCT {} AS id
            FROM {}
            WHERE "timestamp" >= now() - interval '1 minute' AND {}) AS games) AS moving)",
      SelectPart({.part = "moving",
                  .ids = AllIds(fmt::format(" FILTER (WHERE place <= {})", kMaxFollowedRows)),
                  .numbers = {"count(id)"}}),
      IdOf(s.schema, "game_moves", "game_session_id"), s.schema.Source("game_moves"),
      NotOfAFinishedGame(s.schema));
}

}  // namespace hakem::collectors

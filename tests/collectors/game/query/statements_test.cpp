#include "collectors/game/query/statements.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "collectors/game/query/horizon.h"

namespace hakem::collectors {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// The columns of the newest Hokm schema that the statement reads.
GameSchema Full(std::string name = "g") {
  GameSchema schema{.name = std::move(name)};
  for (const auto* column : {"status", "game_type", "current_players", "max_players", "created_at",
                             "started_at", "completed_at"}) {
    schema.tables["game_sessions"].columns[column] = {};
  }
  for (const auto* column : {"timestamp", "move_type"}) {
    schema.tables["game_moves"].columns[column] = {};
  }
  for (const auto* column : {"is_active", "last_ping", "player_id"}) {
    schema.tables["websocket_connections"].columns[column] = {};
  }
  for (const auto* column : {"started_at", "completed_at"}) {
    schema.tables["game_history"].columns[column] = {};
  }
  for (auto& [table, columns] : schema.tables) {
    columns.source = fmt::format("{}.{}", QuoteIdentifier(schema.name), QuoteIdentifier(table));
  }
  return schema;
}

std::string SqlFor(const GameSchema& schema, const std::vector<std::string>& move_types = {},
                   const GameOptions& options = {}) {
  const AvailableMetrics available(schema);
  return GameSql({schema, available, options, move_types});
}

TEST(HorizonSql, SubtractsAMarginFromTheOldestOpenTransaction) {
  const std::string sql = HorizonSql(std::chrono::seconds(30));
  EXPECT_THAT(sql, HasSubstr("min(xact_start) FROM pg_stat_get_activity(NULL)"));
  EXPECT_THAT(sql, HasSubstr("interval '30000 milliseconds' AS cap"));
}

TEST(GameSql, HasTheLiveStatusesAsLiterals) {
  EXPECT_THAT(SqlFor(Full()), HasSubstr(R"(
        FROM "g"."game_sessions"
        WHERE "status" IN ('waiting', 'starting', 'active', 'paused')) AS session)"));
}

TEST(GameSql, UsesTheCreationTimeIfThereIsNoStartTime) {
  GameSchema schema = Full();
  EXPECT_THAT(SqlFor(schema),
              HasSubstr(R"(CASE WHEN "started_at" IS NULL THEN CASE WHEN "created_at")"));
  schema.tables["game_sessions"].columns.erase("started_at");
  EXPECT_THAT(SqlFor(schema), Not(HasSubstr("CASE WHEN \"started_at\" IS NULL")));
}

TEST(GameSql, QuotesNamesAndWordsFromTheDatabase) {
  const std::string sql = SqlFor(Full("we\"ird"), {"it's"});
  EXPECT_THAT(sql, HasSubstr(R"("we""ird"."game_moves")"));
  EXPECT_THAT(sql, HasSubstr("move_type = 'it''s'"));
}

TEST(GameSql, CountsKnownMoveTypesInOnePassAndListsTheOthers) {
  const std::string sql = SqlFor(Full(), {"choose_trump", "play_card"});
  EXPECT_THAT(sql, HasSubstr(R"(
  SELECT
         count(*) FILTER (WHERE move_type = 'choose_trump') AS c0,
         count(*) FILTER (WHERE move_type = 'play_card') AS c1,
         count(*) FILTER (WHERE move_type = 'other') AS others,
         array_agg(move_type) FILTER (WHERE move_type NOT IN ('choose_trump', 'play_card', 'other')) AS rest
  FROM (SELECT coalesce("move_type"::text, 'other') AS move_type FROM "g"."game_moves"
        WHERE ("timestamp" >= (SELECT lower FROM span) AND "timestamp" < (SELECT middle FROM span)
          OR "timestamp" >= (SELECT middle FROM span) AND "timestamp" < (SELECT upper FROM span))) AS new
))"));
  EXPECT_THAT(sql, HasSubstr("FROM moves, LATERAL (VALUES ('choose_trump', c0), "
                             "('play_card', c1)) AS v(name, count)"));
  EXPECT_THAT(sql, HasSubstr("FROM moves, unnest(rest) AS name"));
}

TEST(GameSql, OnlyCountsOtherMoveTypesOnceTheLimitIsReached) {
  std::vector<std::string> types;
  for (char c = 'a'; c < 'a' + 20; ++c) {
    types.emplace_back(1, c);
  }
  const std::string sql = SqlFor(Full(), types);
  EXPECT_THAT(sql, HasSubstr("count(*) FILTER (WHERE move_type NOT IN ("));
  EXPECT_THAT(sql, HasSubstr("('t', c19), ('other', rest))"));
  EXPECT_THAT(sql, Not(HasSubstr("unnest")));
}

TEST(GameSql, TakesItsLimitsFromTheOptions) {
  const std::string sql = SqlFor(
      Full(), {},
      {.max_game_duration = std::chrono::minutes(90), .online_window = std::chrono::seconds(45)});
  EXPECT_THAT(sql, HasSubstr("since < now() - interval '5400000 milliseconds'"));
  EXPECT_THAT(sql, HasSubstr(R"("last_ping" >= now() - interval '45000 milliseconds')"));
}

TEST(GameSql, ReadsNoMissingTablesOrColumns) {
  GameSchema schema = Full();
  schema.tables.erase("game_moves");
  schema.tables.erase("game_history");
  schema.tables["game_sessions"].columns.erase("max_players");
  const std::string sql = SqlFor(schema);
  EXPECT_THAT(sql, Not(HasSubstr("game_moves")));
  EXPECT_THAT(sql, Not(HasSubstr("game_history")));
  EXPECT_THAT(sql, Not(HasSubstr("_players")));
  EXPECT_THAT(sql, HasSubstr("SELECT 'live'"));
}

TEST(GameSql, SkipsMovesOfFinishedGamesIfTheIdsHaveTheSameType) {
  GameSchema schema = Full();
  schema.tables["game_moves"].columns["game_session_id"].type = "uuid";
  GameColumn& id = schema.tables["game_history"].columns["game_session_id"];
  const auto sql = [&] {
    const AvailableMetrics available(schema);
    return GameSql({schema, available, GameOptions{}, {}, false});
  };
  constexpr auto kPassed = R"("game_session_id" NOT IN (
  SELECT "game_session_id" FROM "g"."game_history")";
  id.type = "uuid";
  EXPECT_THAT(sql(), HasSubstr(kPassed));
  id.type = "text";
  EXPECT_THAT(sql(), AllOf(HasSubstr("SELECT 'moving'"), Not(HasSubstr(kPassed))));
}

}  // namespace
}  // namespace hakem::collectors

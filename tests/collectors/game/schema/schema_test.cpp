#include "collectors/game/schema/schema.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "collectors/game/schema/families.h"
#include "tests/support/matchers.h"

namespace hakem::collectors {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

/// The properties of a relation in the catalog, without its columns.
struct Relation {
  Rows::Cell kind = "r";
  Rows::Cell hidden = "f";
  Rows::Cell hazard = {};
};

/// A type that is accepted for a column; `text` for columns with words.
std::string BaseFor(std::string_view column) {
  if (column.ends_with("_at") || column == "timestamp") {
    return "timestamptz";
  }
  return column.ends_with("players") ? "int4" : "text";
}

/// Rows of the catalog (schema, table, column, type, readable, value, closed, base) without
/// indexes. Without a base the column has an accepted one.
Rows Catalog(const std::vector<std::vector<Rows::Cell>>& rows, const Relation& relation) {
  std::vector<Rows::Cell> cells;
  for (const auto& row : rows) {
    cells.insert(cells.end(), row.begin(), row.begin() + 7);
    cells.emplace_back("f");
    cells.push_back(row.size() > 7 ? row[7] : Rows::Cell(BaseFor(*row[2])));
    cells.insert(cells.end(), {"16500", relation.kind, relation.hidden, "t", relation.hazard, "f"});
  }
  return Rows({"schema", "table", "column", "type", "readable", "value", "closed", "indexed",
               "base", "relation", "kind", "hidden", "publishable", "hazard", "domain"},
              std::move(cells));
}

constexpr auto kNull = std::nullopt;

Result<GameSchema> Read(const std::vector<std::vector<Rows::Cell>>& rows,
                        const GameOptions& options = {}, const Relation& relation = {}) {
  return ReadGameSchema(Catalog(rows, relation), options);
}

TEST(ReadGameSchema, PrefersTheSchemaHokmGame) {
  const auto schema = Read({{"archive", "game_sessions", "status", "text", "t", kNull, kNull},
                            {"hokm_game", "game_sessions", "status", "text", "t", kNull, kNull},
                            {"public", "game_sessions", "status", "text", "t", kNull, kNull}});
  ASSERT_THAT(schema, IsOk());
  EXPECT_EQ(schema->name, "hokm_game");
}

TEST(ReadGameSchema, IgnoresSchemasWithoutSessions) {
  const auto schema = Read({{"hokm_game", "game_moves", "timestamp", "text", "t", kNull, kNull},
                            {"zoo", "game_sessions", "status", "text", "t", kNull, kNull}});
  ASSERT_THAT(schema, IsOk());
  EXPECT_EQ(schema->name, "zoo");
}

TEST(ReadGameSchema, HasNoNameIfThereIsNoGame) {
  EXPECT_THAT(Read({}), IsOkAndHolds(GameSchema{}));
}

TEST(ReadGameSchema, SortsTheValuesOfAColumnWithoutDuplicates) {
  const auto schema = Read({{"g", "game_sessions", "game_type", "text", "t", "ranked", "f"},
                            {"g", "game_sessions", "game_type", "text", "t", "friendly", "t"},
                            {"g", "game_sessions", "game_type", "text", "t", "ranked", "t"}});
  ASSERT_THAT(schema, IsOk());
  EXPECT_THAT(schema->Find("game_sessions", "game_type")->values,
              ElementsAre("friendly", "ranked"));
  EXPECT_TRUE(schema->Find("game_sessions", "game_type")->closed);
}

TEST(ReadGameSchema, KeepsOnlyStatusesThatTheColumnCanHave) {
  const auto schema = Read({{"g", "game_sessions", "status", "text", "t", "waiting", "t"},
                            {"g", "game_sessions", "status", "text", "t", "active", "t"},
                            {"g", "game_sessions", "status", "text", "t", "ended", "t"}});
  ASSERT_THAT(schema, IsOk());
  EXPECT_THAT(schema->statuses.live, ElementsAre("waiting", "active"));
}

TEST(ReadGameSchema, KeepsAllStatusesIfAnyTextIsPossible) {
  const auto schema = Read({{"g", "game_sessions", "status", "text", "t", "active", "f"}});
  ASSERT_THAT(schema, IsOk());
  EXPECT_THAT(schema->statuses.live, ElementsAre("waiting", "starting", "active", "paused"));
}

TEST(GameSchema, SaysWhyAColumnIsUnavailable) {
  const auto schema = Read({{"g", "game_sessions", "status", "text", "t", kNull, kNull},
                            {"g", "game_sessions", "created_at", "text", "f", kNull, kNull}});
  ASSERT_THAT(schema, IsOk());
  EXPECT_EQ(schema->WhyUnavailable("game_moves", "timestamp"), "there is no table g.game_moves");
  EXPECT_EQ(schema->WhyUnavailable("game_sessions", "max_players"),
            "table g.game_sessions has no column max_players");
  EXPECT_EQ(schema->WhyUnavailable("game_sessions", "created_at"),
            "this role may not read g.game_sessions.created_at");
}

TEST(SchemaSql, ReadsOnlyTheConfiguredSchema) {
  EXPECT_THAT(SchemaSql({.schema = "o'hara"}), HasSubstr("n.nspname = 'o''hara'"));
  EXPECT_THAT(SchemaSql({}), Not(HasSubstr("n.nspname = ")));
}

TEST(ReadGameSchema, LeavesOutColumnsOfUnsupportedTypes) {
  const auto schema =
      Read({{"g", "game_sessions", "status", "json", "t", kNull, kNull, "json"},
            {"g", "game_sessions", "created_at", "text", "t", kNull, kNull, "text"},
            {"g", "game_sessions", "started_at", "date", "t", kNull, kNull, "date"},
            {"g", "game_sessions", "max_players", "owner.own", "t", kNull, kNull, "other"},
            {"g", "game_sessions", "game_type", "public.citext", "t", kNull, kNull, "string"}});
  ASSERT_THAT(schema, IsOk());
  EXPECT_FALSE(schema->Has("game_sessions", "status"));
  EXPECT_FALSE(schema->Has("game_sessions", "max_players"));
  EXPECT_TRUE(schema->Has("game_sessions", "started_at"));
  EXPECT_TRUE(schema->Has("game_sessions", "game_type"));
  EXPECT_EQ(schema->WhyUnavailable("game_sessions", "created_at"),
            "g.game_sessions.created_at is of type text, not a time");
}

TEST(ReadGameSchema, KeepsOnlyNumbersIfTheStatusIsANumber) {
  const auto schema =
      Read({{"g", "game_sessions", "status", "smallint", "t", kNull, kNull, "int2"}},
           {.statuses = {.live = {"1", "waiting", "40000", "-2"}}});
  ASSERT_THAT(schema, IsOk());
  EXPECT_THAT(schema->statuses.live, ElementsAre("1", "-2"));
}

const std::vector<std::vector<Rows::Cell>> kOneColumn = {
    {"g", "game_sessions", "status", "text", "t", kNull, kNull}};
constexpr std::string_view kSessionTables[] = {"game_moves", "game_sessions"};

TEST(CheckTables, AcceptsTablesAndMissingTables) {
  for (const char* kind : {"r", "p", "m"}) {
    EXPECT_THAT(CheckTables(*Read(kOneColumn, {}, {.kind = kind}), kSessionTables), IsOk()) << kind;
  }
}

TEST(CheckTables, RefusesTablesThatRunCodeOfTheirOwnerUnlessAllowed) {
  for (const Relation& relation : {Relation{.kind = "v"}, Relation{.kind = "f"},
                                   Relation{.hazard = "index i uses the function g.f(text)"}}) {
    const auto schema = Read(kOneColumn, {}, relation);
    ASSERT_THAT(schema, IsOk());
    EXPECT_FALSE(schema->Has("game_sessions", "status"));
    const auto checked = CheckTables(*schema, kSessionTables);
    ASSERT_THAT(checked, HasCode(ErrorCode::kRefused));
    EXPECT_THAT(checked.error().message,
                testing::AllOf(HasSubstr("g.game_sessions"), HasSubstr("allow_views: true")));
    const auto allowed = Read(kOneColumn, {.allow_views = true}, relation);
    EXPECT_THAT(CheckTables(*allowed, kSessionTables), IsOk());
    EXPECT_TRUE(allowed->Has("game_sessions", "status"));
  }
}

TEST(CheckTables, RefusesRowLevelSecurityEvenIfViewsAreAllowed) {
  for (const bool allowed : {false, true}) {
    const auto checked =
        CheckTables(*Read(kOneColumn, {.allow_views = allowed}, {.hidden = "t"}), kSessionTables);
    ASSERT_THAT(checked, HasCode(ErrorCode::kRefused));
    EXPECT_THAT(checked.error().message,
                testing::AllOf(HasSubstr("row level security would hide rows of g.game_sessions"),
                               HasSubstr("BYPASSRLS")));
  }
}

TEST(CheckTables, IgnoresTablesThatTheRoleMayNotRead) {
  const auto schema =
      Read({{"g", "game_sessions", "status", "text", "f", kNull, kNull}}, {}, {.kind = "v"});
  EXPECT_THAT(CheckTables(*schema, kSessionTables), IsOk());
}

TEST(UnchangedSql, ComparesTheRelationsWithThoseOfTheSchema) {
  const auto schema = Read(kOneColumn);
  ASSERT_THAT(schema, IsOk());
  const std::string sql = UnchangedSql(*schema, kSessionTables);
  EXPECT_THAT(sql, HasSubstr(R"(to_regclass('"g"."game_sessions"') = 16500::oid)"));
  EXPECT_THAT(sql, HasSubstr("pg_relation_is_publishable(16500::regclass) = true"));
  EXPECT_THAT(sql, Not(HasSubstr("game_moves")));
}

/// The tables and columns of a chess club.
GameOptions Chess() {
  GameOptions options{.name = "chess"};
  options.names.tables["game_sessions"] = {.table = "matches",
                                           .columns = {{"status", "state"}, {"id", "match_no"}}};
  options.statuses.live = {"open", "running"};
  return options;
}

TEST(ReadGameSchema, RenamesTheColumnsOfAnotherGameToHokms) {
  const auto schema = Read({{"club", "matches", "match_no", "bigint", "t", kNull, kNull, "int8"},
                            {"club", "matches", "state", "text", "t", "open", "t"},
                            {"club", "matches", "state", "text", "t", "running", "t"},
                            {"club", "matches", "status", "text", "t", "irrelevant", "t"},
                            {"club", "matches", "max_players", "integer", "f", kNull, kNull}},
                           Chess());
  ASSERT_THAT(schema, IsOk());
  EXPECT_EQ(schema->Find("game_sessions", "id")->type, "bigint");
  EXPECT_THAT(schema->Find("game_sessions", "status")->values, ElementsAre("open", "running"));
  EXPECT_EQ(schema->Source("game_sessions"),
            R"((SELECT "match_no" AS "id", "state" AS "status" FROM "club"."matches") )"
            R"(AS "game_sessions")");
  EXPECT_EQ(schema->WhyUnavailable("game_sessions", "created_at"),
            "table club.matches has no column created_at");
  EXPECT_EQ(schema->WhyUnavailable("game_sessions", "max_players"),
            "this role may not read club.matches.max_players");
  EXPECT_EQ(schema->WhyUnavailable("game_moves", "timestamp"), "there is no table club.game_moves");
}

TEST(ReadGameSchema, UsesTheTableItselfIfNothingIsRenamed) {
  const auto schema = Read({{"g", "game_sessions", "status", "text", "t", kNull, kNull}});
  ASSERT_THAT(schema, IsOk());
  EXPECT_EQ(schema->Source("game_sessions"), R"("g"."game_sessions")");
}

TEST(SchemaSql, ReadsTheTablesOfTheConfiguredGame) {
  const std::string sql = SchemaSql(Chess());
  EXPECT_THAT(sql, HasSubstr("c.relname IN ('matches', 'game_moves', 'websocket_connections', "
                             "'game_history', 'players')"));
  EXPECT_THAT(sql, HasSubstr("('matches', 'state'), ('matches', 'game_type')"));
}

TEST(AvailableMetrics, LeavesOutExactlyTheMetricsThatLackAColumn) {
  const auto schema = Read({{"g", "game_sessions", "status", "text", "t", kNull, kNull},
                            {"g", "game_sessions", "created_at", "text", "t", kNull, kNull},
                            {"g", "game_moves", "timestamp", "text", "t", kNull, kNull}});
  ASSERT_THAT(schema, IsOk());
  const AvailableMetrics available(*schema);
  EXPECT_TRUE(available.Has(GameMetric::kActiveGames));
  EXPECT_TRUE(available.Has(GameMetric::kMovesPerMinute));
  std::vector<std::string> omissions;
  for (const GameOmission& omission : available.omissions()) {
    omissions.push_back(fmt::format("{}: {}", FamilyOf(omission.metric).name, omission.reason));
  }
  EXPECT_THAT(
      omissions,
      ElementsAre("game_seats: table g.game_sessions has no column current_players",
                  "game_room_occupancy_ratio: table g.game_sessions has no column current_players",
                  "game_online_players: there is no table g.websocket_connections",
                  "game_stale_connections: there is no table g.websocket_connections",
                  "game_average_duration_seconds: there is no table g.game_history; table "
                  "g.game_sessions has no column started_at",
                  "game_sessions_started_total: table g.game_sessions has no column id",
                  "game_sessions_finished_total: table g.game_sessions has no column id",
                  "game_duration_seconds: table g.game_sessions has no column id",
                  "game_matchmaking_wait_seconds: table g.game_sessions has no column id",
                  "game_moves_total: table g.game_moves has no column move_type",
                  "game_move_response_seconds: table g.game_moves has no column response_time",
                  "game_connections_opened_total: there is no table g.websocket_connections",
                  "game_disconnections_total: there is no table g.websocket_connections"));
}

TEST(AvailableMetrics, HasTheFamilyOfEachMetric) {
  EXPECT_EQ(FamilyOf(GameMetric::kActiveGames).name, "game_active_games");
  EXPECT_EQ(FamilyOf(GameMetric::kMoves).name, "game_moves_total");
  EXPECT_EQ(FamilyOf(GameMetric::kExact).name, "game_collection_exact");
}

}  // namespace
}  // namespace hakem::collectors

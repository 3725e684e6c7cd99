// The game collector on different versions of the schema and with limited rights.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "config/config.h"
#include "tests/support/game/game_fixture.h"
#include "tests/support/programs/hakem_process.h"

namespace hakem::collectors {
namespace {

using GameVariants = GameFixture;

/// An older schema: four statuses, no types, no history, one partial index.
constexpr auto kOlderSchema = R"(
  CREATE SCHEMA older;
  CREATE TABLE older.game_sessions (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(), room_id text,
    status varchar(20) NOT NULL DEFAULT 'waiting'
      CHECK (status IN ('waiting', 'active', 'completed', 'abandoned')),
    current_players int DEFAULT 4, max_players int DEFAULT 4,
    created_at timestamptz DEFAULT now(), started_at timestamptz, completed_at timestamptz);
  CREATE INDEX ON older.game_sessions (created_at);
  CREATE INDEX live ON older.game_sessions (status) WHERE status IN ('waiting', 'active');
  CREATE TABLE older.game_moves (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(), game_session_id uuid, player_id uuid,
    move_type varchar(30), round_number int, sequence_number int,
    "timestamp" timestamptz DEFAULT now());
  CREATE INDEX ON older.game_moves ("timestamp");
  CREATE TABLE older.websocket_connections (
    connection_id uuid PRIMARY KEY DEFAULT gen_random_uuid(), player_id uuid,
    last_ping timestamptz DEFAULT now(), is_active boolean DEFAULT true,
    disconnected_at timestamptz, disconnect_reason text);
  GRANT USAGE ON SCHEMA older TO hakem;
  GRANT SELECT ON ALL TABLES IN SCHEMA older TO hakem)";

/// The newest schema as an ORM creates it: the same columns, but no partial index and no constraint
/// that lists the words of a column.
constexpr auto kOrmSchema = R"(
  CREATE SCHEMA orm;
  CREATE TABLE orm.game_sessions (LIKE hokm_game.game_sessions INCLUDING DEFAULTS, PRIMARY KEY (id));
  CREATE INDEX ON orm.game_sessions (created_at);
  CREATE INDEX ON orm.game_sessions (status, created_at);
  CREATE TABLE orm.game_moves (LIKE hokm_game.game_moves INCLUDING DEFAULTS, PRIMARY KEY (id));
  CREATE INDEX ON orm.game_moves ("timestamp");
  CREATE TABLE orm.websocket_connections (LIKE hokm_game.websocket_connections INCLUDING DEFAULTS,
                                          PRIMARY KEY (connection_id));
  CREATE TABLE orm.game_history (LIKE hokm_game.game_history INCLUDING DEFAULTS,
                                 PRIMARY KEY (game_session_id));
  CREATE INDEX ON orm.game_history (completed_at);
  GRANT USAGE ON SCHEMA orm TO hakem;
  GRANT SELECT ON ALL TABLES IN SCHEMA orm TO hakem)";

TEST_F(GameVariants, NeedsOneRoundTripPerCollection) {
  Watcher watcher(Dsn());
  ASSERT_THAT(watcher.Collect(), IsOk());
  const int before = watcher.round_trips();
  ASSERT_THAT(watcher.Collect(), IsOk());
  EXPECT_EQ(watcher.round_trips(), before + 1);
}

TEST_F(GameVariants, ScansNoBigTableSequentially) {
  Populate();
  Sql(R"(
    SET session_replication_role = replica;
    INSERT INTO hokm_game.game_sessions
      (room_id, status, current_players, created_at, started_at, completed_at)
    SELECT 'h' || i, 'completed', 4, t - interval '30 min', t - interval '20 min', t
    FROM generate_series(1, 30000) i, LATERAL (SELECT now() - interval '1 min' * i AS t) ended;
    INSERT INTO hokm_game.game_history
    SELECT id, game_type, completed_at - started_at, 1, 'normal', started_at, completed_at
    FROM hokm_game.game_sessions WHERE room_id LIKE 'h%';
    INSERT INTO hokm_game.game_moves (game_session_id, player_id, move_type, round_number,
                                      sequence_number, "timestamp")
    SELECT id, (SELECT id FROM hokm_game.players LIMIT 1), 'play_card', 1, n,
           created_at + interval '1 s' * n
    FROM hokm_game.game_sessions, generate_series(1, 7) n WHERE room_id LIKE 'h%';
    INSERT INTO hokm_game.websocket_connections (player_id, is_active, disconnected_at,
                                                 disconnect_reason)
    SELECT id, false, now(), 'left' FROM hokm_game.players, generate_series(1, 300);
    RESET session_replication_role)");
  Sql("VACUUM ANALYZE");
  const std::string scans =
      "SELECT sum(seq_scan) FROM pg_stat_user_tables WHERE relname IN "
      "('game_sessions', 'game_moves', 'game_history', 'websocket_connections')";
  // Up to PostgreSQL 14 a separate process keeps the statistics and publishes them a little later.
  Sql(Number("SHOW server_version_num") >= 150000 ? "SELECT pg_stat_force_next_flush()"
                                                  : "SELECT pg_sleep(2)");
  const double before = Number(scans);
  const std::string indexed =
      "SELECT sum(idx_scan) FROM pg_stat_user_tables WHERE schemaname = 'hokm_game'";
  const double indexed_before = Number(indexed);
  {
    Watcher watcher(Dsn());
    for (int i = 0; i < 3; ++i) {
      ASSERT_THAT(watcher.Collect(), IsOk());
    }
  }
  // A session publishes its statistics when it ends.
  EXPECT_TRUE(
      Eventually(std::chrono::seconds(30), [&] { return Number(indexed) >= indexed_before + 12; }));
  EXPECT_EQ(Number(scans), before);
}

TEST_F(GameVariants, LeavesOutWhatTheRoleMayNotRead) {
  Sql("GRANT USAGE ON SCHEMA hokm_game TO stranger");
  Sql("GRANT SELECT (id, status, created_at) ON hokm_game.game_sessions TO stranger");
  Watcher watcher(Dsn("stranger"));
  Sql("INSERT INTO hokm_game.game_sessions (room_id) VALUES ('r')");
  ASSERT_THAT(watcher.Collect(), IsOk());
  EXPECT_EQ(watcher.Value(R"(game_active_games{game="hokm_game"})"), 1);
  EXPECT_TRUE(watcher.Value(R"(game_sessions{game="hokm_game",status="waiting"})").has_value());
  EXPECT_FALSE(watcher.HasFamily("game_seats"));
  EXPECT_FALSE(watcher.HasFamily("game_moves_total"));
  EXPECT_FALSE(watcher.HasFamily("game_online_players"));
}

TEST_F(GameVariants, FindsItsColumnsAgainAfterAMigration) {
  Watcher watcher(Dsn());
  ASSERT_THAT(watcher.Collect(), IsOk());
  Sql("ALTER TABLE hokm_game.game_sessions DROP COLUMN max_players");
  EXPECT_THAT(watcher.Collect(), HasCode(ErrorCode::kInvalidInput));
  ASSERT_THAT(watcher.Collect(), IsOk());
  EXPECT_FALSE(watcher.HasFamily("game_seats"));
  EXPECT_TRUE(watcher.HasFamily("game_active_games"));
}

TEST_F(GameVariants, CollectsAnOlderServerWithoutTypesAndHistory) {
  Sql(kOlderSchema);
  Sql("INSERT INTO older.game_sessions (status, created_at, started_at) "
      "SELECT (ARRAY['waiting', 'active', 'completed'])[1 + i % 3], now() - interval '4 h', "
      "now() - interval '3 h' "
      "FROM generate_series(1, 9) i");
  Watcher watcher(Dsn(), {.name = "hokm", .schema = "older"});
  ASSERT_THAT(watcher.Collect(), IsOk());
  EXPECT_EQ(watcher.Value(R"(game_active_games{game="hokm"})"), 6);
  EXPECT_EQ(watcher.Value(R"(game_sessions{game="hokm",status="active"})"), 3);
  EXPECT_EQ(watcher.Sum("game_sessions"), 6);
  EXPECT_EQ(watcher.Value(R"(game_long_running_games{game="hokm"})"), 3);
  EXPECT_EQ(watcher.Value(R"(game_sessions_created_total{game="hokm"})"), 0);
  EXPECT_FALSE(watcher.HasFamily("game_average_duration_seconds"));
  Sql("INSERT INTO older.game_sessions DEFAULT VALUES");
  Sql("INSERT INTO older.game_moves (move_type) VALUES ('play_card')");
  Sql("SELECT pg_sleep(0.2)");
  ASSERT_THAT(watcher.Collect(), IsOk());
  EXPECT_EQ(watcher.Value(R"(game_sessions_created_total{game="hokm"})"), 1);
  EXPECT_EQ(watcher.Value(R"(game_moves_total{game="hokm",move_type="play_card"})"), 1);
}

TEST_F(GameVariants, FindsLiveGamesOfAnOlderServerByItsOwnPartialIndex) {
  Sql(kOlderSchema);
  Sql("INSERT INTO older.game_sessions (status) SELECT 'completed' FROM generate_series(1, 20000)");
  Sql("VACUUM ANALYZE older.game_sessions");
  const std::string scans =
      "SELECT idx_scan FROM pg_stat_user_indexes WHERE schemaname = 'older' AND "
      "indexrelname = 'live'";
  {
    Watcher watcher(Dsn(), {.schema = "older"});
    ASSERT_THAT(watcher.Collect(), IsOk());
  }
  EXPECT_TRUE(Eventually(std::chrono::seconds(30), [&] { return Number(scans) == 1; }));
}

/// A version of the schema, with or without the indexes that Hakem proposes.
struct Variant {
  const char* name;
  const char* schema;
  const char* sql;
  bool has_types;    ///< Games have types.
  bool has_history;  ///< Otherwise completed games are read from the sessions by an index.
  bool indexed;
};

constexpr Variant kVariants[] = {
    {"A", "hokm_game", "", true, true, false},
    {"AIndexed", "hokm_game", "", true, true, true},
    {"B", "older", kOlderSchema, false, false, false},
    {"BIndexed", "older", kOlderSchema, false, false, true},
    {"C", "orm", kOrmSchema, true, true, false},
    {"CIndexed", "orm", kOrmSchema, true, true, true},
};

class GameSchemaVariants : public GameFixture, public testing::WithParamInterface<Variant> {
 protected:
  void SetUp() override {
    GameFixture::SetUp();
    if (*GetParam().sql != '\0') {
      Sql(GetParam().sql);
    }
    if (GetParam().indexed) {
      Play(
          "CREATE INDEX ON {0}.game_sessions (started_at);"
          "CREATE INDEX ON {0}.game_sessions (completed_at);"
          "CREATE INDEX ON {0}.websocket_connections (disconnected_at)"
          "  WHERE disconnected_at IS NOT NULL");
    }
  }

  /// Runs SQL in which {0} is replaced by the name of the schema.
  void Play(const std::string& sql) { Sql(fmt::format(fmt::runtime(sql), GetParam().schema)); }

  /// Returns `name{game="g",…}`, with the game type if the variant has types.
  static std::string Typed(const std::string& name, const std::string& more = "") {
    return fmt::format(R"({}{{game="g"{}{}}})", name,
                       GetParam().has_types ? R"(,game_type="standard")" : "", more);
  }
};

TEST_P(GameSchemaVariants, IsCountedAsFarAsItsTablesAllow) {
  Play(R"(
    INSERT INTO {0}.game_sessions (room_id, status, current_players, created_at, started_at)
    SELECT 'r' || i, CASE WHEN i <= 2 THEN 'waiting' ELSE 'active' END, 4, now() - interval '3 h',
           CASE WHEN i > 2 THEN now() - interval '150 min' END
    FROM generate_series(1, 5) i;
    INSERT INTO {0}.websocket_connections (player_id)
    SELECT id FROM hokm_game.players ORDER BY id LIMIT 3)");
  Watcher watcher(Dsn(), {.name = "g", .schema = GetParam().schema});
  ASSERT_THAT(watcher.Collect(), IsOk());
  EXPECT_EQ(watcher.Value(R"(game_active_games{game="g"})"), 5);
  EXPECT_EQ(watcher.Value(R"(game_sessions_playing{game="g"})"), 3);
  EXPECT_EQ(watcher.Value(R"(game_long_running_games{game="g"})"), 3);
  EXPECT_EQ(watcher.Value(R"(game_online_players{game="g"})"), 3);
  EXPECT_EQ(watcher.Value(R"(game_seats{game="g",state="taken"})"), 20);
  // One game ends, one starts, one is created; one connection closes, another one opens and closes.
  Play(R"(
    UPDATE {0}.game_sessions SET status = 'completed', completed_at = started_at + interval '2 h'
    WHERE room_id = 'r5';
    UPDATE {0}.game_sessions SET status = 'active', started_at = now() WHERE room_id = 'r1';
    INSERT INTO {0}.game_sessions (room_id) VALUES ('new');
    UPDATE {0}.websocket_connections SET is_active = false, disconnected_at = now(),
           disconnect_reason = 'left'
    WHERE player_id = (SELECT id FROM hokm_game.players ORDER BY id LIMIT 1);
    INSERT INTO {0}.websocket_connections (player_id, is_active, disconnected_at, disconnect_reason)
    SELECT id, false, now(), 'left' FROM hokm_game.players ORDER BY id DESC LIMIT 1;
    INSERT INTO {0}.game_moves (game_session_id, player_id, move_type, round_number, sequence_number)
    SELECT s.id, p.id, 'play_card', 1, 1 FROM {0}.game_sessions s,
           (SELECT id FROM hokm_game.players LIMIT 1) p WHERE s.room_id = 'r1')");
  Sql("SELECT pg_sleep(0.2)");
  for (int i = 0; i < 3; ++i) {
    ASSERT_THAT(watcher.Collect(), IsOk());
  }
  EXPECT_EQ(watcher.Value(R"(game_moves_total{game="g",move_type="play_card"})"), 1);
  EXPECT_EQ(watcher.Value(Typed("game_sessions_created_total")), 1);
  EXPECT_EQ(watcher.Value(Typed("game_sessions_started_total")), 1);
  EXPECT_EQ(watcher.Value(Typed("game_sessions_finished_total", R"(,outcome="completed")")), 1);
  EXPECT_EQ(watcher.Value(Typed("game_duration_seconds_sum")), 7200);
  const bool indexed = GetParam().indexed;
  EXPECT_EQ(watcher.Value(R"(game_disconnections_total{game="g",reason="left"})"), indexed ? 2 : 1);
  EXPECT_EQ(watcher.Value(R"(game_connections_opened_total{game="g"})"), indexed ? 1 : 0);
  EXPECT_EQ(watcher.HasFamily("game_move_response_seconds_count"), GetParam().has_types);
}

TEST_P(GameSchemaVariants, ReportsTheAverageDurationIfTheEndTimesHaveAnIndex) {
  Play(R"(
    INSERT INTO {0}.game_sessions (room_id, status, current_players, created_at, started_at,
                                   completed_at)
    SELECT 'r' || i, 'completed', 4, now() - interval '5 h', now() - interval '3 h',
           now() - interval '2 h' - interval '10 min' * (i % 2) FROM generate_series(1, 4) i)");
  if (GetParam().has_history && GetParam().schema != std::string("hokm_game")) {
    Play(
        "INSERT INTO {0}.game_history SELECT id, game_type, completed_at - started_at, 1, "
        "'normal', "
        "started_at, completed_at FROM {0}.game_sessions");
  }
  Watcher watcher(Dsn(), {.name = "g", .schema = GetParam().schema});
  ASSERT_THAT(watcher.Collect(), IsOk());
  const auto average = watcher.Value(R"(game_average_duration_seconds{game="g"})");
  if (GetParam().has_history || GetParam().indexed) {
    ASSERT_TRUE(average.has_value());
    EXPECT_DOUBLE_EQ(*average, 3300);
  } else {
    EXPECT_FALSE(average.has_value());
  }
}

INSTANTIATE_TEST_SUITE_P(Variants, GameSchemaVariants, testing::ValuesIn(kVariants),
                         [](const auto& variant) { return std::string(variant.param.name); });

TEST_F(GameVariants, CollectsAChessClubByConfigurationAlone) {
  Sql(R"(
    CREATE SCHEMA club;
    CREATE TYPE club.match_state AS ENUM ('open', 'running', 'adjourned', 'won', 'drawn', 'gone');
    CREATE TABLE club.matches (
      match_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, state club.match_state NOT NULL,
      variant text, seated int NOT NULL DEFAULT 2, boards_for int NOT NULL DEFAULT 2,
      announced timestamptz NOT NULL DEFAULT now(), begun timestamptz, over timestamptz);
    CREATE INDEX ON club.matches (announced);
    CREATE INDEX live ON club.matches (state) WHERE state IN ('open', 'running', 'adjourned');
    CREATE TABLE club.plies (
      match_no bigint, kind text, played timestamptz NOT NULL DEFAULT now(), thought interval);
    CREATE INDEX ON club.plies (played);
    GRANT USAGE ON SCHEMA club TO hakem;
    GRANT SELECT ON ALL TABLES IN SCHEMA club TO hakem;
    INSERT INTO club.matches (state, variant, begun)
    SELECT (ARRAY['open', 'running', 'adjourned', 'won'])[1 + i % 4]::club.match_state, 'blitz',
           now() - interval '1 min' FROM generate_series(1, 20) i)");
  const auto config =
      config::ParseConfig(R"(
targets:
  - name: club
    dsn: dbname=club
    games:
      - name: chess
        schema: club
        tables:
          sessions: {table: matches, id: match_no, status: state, game_type: variant,
                     current_players: seated, max_players: boards_for, created_at: announced,
                     started_at: begun, completed_at: over, live: [open, running, adjourned],
                     waiting: [open], playing: [running], in_play: [running, adjourned],
                     ended: [won, drawn, gone], completed: [won, drawn]}
          moves: {table: plies, timestamp: played, move_type: kind, response_time: thought}
)",
                          "hakem.yml", [](std::string_view) { return std::nullopt; });
  ASSERT_THAT(config, IsOk());
  Watcher watcher(Dsn(), config->target.games.front());
  ASSERT_THAT(watcher.Collect(), IsOk());
  EXPECT_EQ(watcher.Value(R"(game_active_games{game="chess"})"), 15);
  EXPECT_EQ(watcher.Value(R"(game_sessions_playing{game="chess"})"), 5);
  EXPECT_EQ(watcher.Value(R"(game_sessions{game="chess",game_type="blitz",status="adjourned"})"),
            5);
  EXPECT_EQ(watcher.Value(R"(game_room_occupancy_ratio{game="chess"})"), 1);
  Sql("INSERT INTO club.plies (kind, thought) VALUES ('castle', '3 s'), ('check', '1 s')");
  Sql("UPDATE club.matches SET state = 'drawn', over = begun + interval '9 min' WHERE match_no IN "
      "(SELECT match_no FROM club.matches WHERE state = 'running' LIMIT 2)");
  Sql("SELECT pg_sleep(0.2)");
  for (int i = 0; i < 3; ++i) {
    ASSERT_THAT(watcher.Collect(), IsOk());
  }
  EXPECT_EQ(watcher.Value(R"(game_moves_total{game="chess",move_type="castle"})"), 1);
  EXPECT_EQ(watcher.Value(R"(game_move_response_seconds_sum{game="chess"})"), 4);
  EXPECT_EQ(watcher.Value(R"(game_sessions_finished_total{game="chess",game_type="blitz",)"
                          R"(outcome="drawn"})"),
            2);
  EXPECT_EQ(watcher.Value(R"(game_duration_seconds_sum{game="chess",game_type="blitz"})"), 1080);
  EXPECT_FALSE(watcher.HasFamily("game_online_players"));
}

}  // namespace
}  // namespace hakem::collectors

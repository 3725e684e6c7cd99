// The owner of the game's tables tries to make the monitoring role run code. The collector reads,
// plans or casts nothing that would do so, and reports why.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/support/game/game_fixture.h"

namespace hakem::collectors {

extern const CollectorSpec game_players;

namespace {

using testing::HasSubstr;

/// A trap is a function that takes an advisory lock when it runs, which every session can see.
constexpr auto kTraps = R"(
  CREATE ROLE keeper LOGIN;
  ALTER SCHEMA hokm_game OWNER TO keeper;
  ALTER TABLE hokm_game.game_sessions OWNER TO keeper;
  ALTER TABLE hokm_game.game_moves OWNER TO keeper;
  ALTER TABLE hokm_game.game_history OWNER TO keeper;
  ALTER TABLE hokm_game.players OWNER TO keeper;
  SET ROLE keeper;
  CREATE FUNCTION hokm_game.trap(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS
    $$BEGIN PERFORM pg_advisory_lock(4242); RETURN $1; END$$;
  GRANT EXECUTE ON FUNCTION hokm_game.trap TO PUBLIC)";

class GameOwner : public GameFixture {
 protected:
  void SetUp() override {
    GameFixture::SetUp();
    Sql("DO $$BEGIN CREATE ROLE keeper LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END$$");
    const std::string traps = kTraps;
    Sql(traps.substr(traps.find("ALTER SCHEMA")));
  }

  /// Returns whether a trap ran in Hakem's session since the last call.
  bool Sprung() {
    Sql("RESET ROLE");
    const bool sprung = Number(
                            "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid) "
                            "WHERE l.locktype = 'advisory' AND a.usename = 'hakem'") > 0;
    Sql("SELECT pg_advisory_unlock_all(); SET ROLE keeper");
    return sprung;
  }

  void AsSuperuser(const std::string& sql) { Sql("RESET ROLE; " + sql + "; SET ROLE keeper"); }

  /// Collects on a new session; expects a refusal with `what` in its message.
  void ExpectRefused(const std::string& what, const CollectorSpec& spec = game) {
    Watcher watcher(Dsn(), {}, nullptr, spec);
    const auto collected = watcher.Collect();
    ASSERT_FALSE(collected.has_value());
    EXPECT_EQ(collected.error().code, ErrorCode::kRefused) << collected.error().message;
    EXPECT_THAT(collected.error().message, HasSubstr(what));
    EXPECT_FALSE(Sprung());
  }
};

constexpr auto kMakeView = R"(
  ALTER TABLE hokm_game.game_sessions RENAME TO real_sessions;
  CREATE VIEW hokm_game.game_sessions AS
    SELECT id, game_type, hokm_game.trap('waiting') AS status, current_players, max_players,
           created_at, started_at, completed_at FROM hokm_game.real_sessions;
  GRANT SELECT ON hokm_game.game_sessions TO hakem)";

TEST_F(GameOwner, CannotReplaceATableByAView) {
  Sql(kMakeView);
  ExpectRefused("hokm_game.game_sessions is a view");
}

TEST_F(GameOwner, CannotSwapTheTableForAViewBetweenTwoCollections) {
  Watcher watcher(Dsn());
  ASSERT_THAT(watcher.Collect(), IsOk());
  Sql(kMakeView);
  EXPECT_FALSE(watcher.Collect().has_value());
  EXPECT_FALSE(Sprung());
  EXPECT_THAT(watcher.Collect(), HasCode(ErrorCode::kRefused));
  EXPECT_FALSE(Sprung());
  Sql("DROP VIEW hokm_game.game_sessions; "
      "ALTER TABLE hokm_game.real_sessions RENAME TO game_sessions");
  ASSERT_THAT(watcher.Collect(), IsOk());
  EXPECT_TRUE(watcher.HasFamily("game_active_games"));
}

TEST_F(GameOwner, CannotRunAPolicy) {
  Sql("CREATE POLICY p ON hokm_game.game_sessions USING (hokm_game.trap('x') = 'x'); "
      "ALTER TABLE hokm_game.game_sessions ENABLE ROW LEVEL SECURITY");
  ExpectRefused("row level security would hide rows of hokm_game.game_sessions");
}

TEST_F(GameOwner, CannotEnableAPolicyBetweenTwoCollections) {
  Watcher watcher(Dsn());
  ASSERT_THAT(watcher.Collect(), IsOk());
  Sql("CREATE POLICY p ON hokm_game.game_moves USING (hokm_game.trap('x') = 'x'); "
      "ALTER TABLE hokm_game.game_moves ENABLE ROW LEVEL SECURITY");
  EXPECT_FALSE(watcher.Collect().has_value());
  EXPECT_FALSE(Sprung());
  EXPECT_THAT(watcher.Collect(), HasCode(ErrorCode::kRefused));
}

TEST_F(GameOwner, IsAcceptedIfRowLevelSecurityDoesNotApplyToTheRole) {
  AsSuperuser("ALTER ROLE hakem BYPASSRLS");
  Sql("ALTER TABLE hokm_game.game_sessions ENABLE ROW LEVEL SECURITY");
  Watcher watcher(Dsn());
  EXPECT_THAT(watcher.Collect(), IsOk());
  AsSuperuser("ALTER ROLE hakem NOBYPASSRLS");
}

TEST_F(GameOwner, CannotRunAnIndexPredicateDuringPlanning) {
  Sql("CREATE INDEX trapped ON hokm_game.game_sessions (status) WHERE hokm_game.trap('a') = 'a'");
  Sql("SELECT pg_advisory_unlock_all()");
  ExpectRefused("index hokm_game.trapped uses the function hokm_game.trap(text)");
}

TEST_F(GameOwner, CannotRunAConstraintOrAStatistic) {
  Sql("ALTER TABLE hokm_game.game_moves ADD CONSTRAINT trapped "
      "CHECK (hokm_game.trap('a') = 'a')");
  ExpectRefused("constraint trapped on table hokm_game.game_moves uses the function");
}

TEST_F(GameOwner, CannotRunACastOfAType) {
  Sql("ALTER TABLE hokm_game.game_moves DROP CONSTRAINT game_moves_move_type_check; "
      "CREATE TYPE hokm_game.kind AS ENUM ('play_card'); "
      "CREATE FUNCTION hokm_game.spell(hokm_game.kind) RETURNS text LANGUAGE plpgsql IMMUTABLE AS "
      "$$BEGIN PERFORM pg_advisory_lock(4242); RETURN 'x'; END$$; "
      "CREATE CAST (hokm_game.kind AS text) WITH FUNCTION hokm_game.spell AS IMPLICIT; "
      "ALTER TABLE hokm_game.game_moves ALTER move_type TYPE hokm_game.kind "
      "USING 'play_card'::hokm_game.kind");
  ExpectRefused("a cast of the type hokm_game.kind uses the function");
}

TEST_F(GameOwner, CannotRunTheConstraintOfADomain) {
  Sql("CREATE DOMAIN hokm_game.ident AS text CHECK (hokm_game.trap(VALUE) <> ''); "
      "CREATE TABLE hokm_game.websocket (connection_id hokm_game.ident PRIMARY KEY, player_id "
      "uuid, "
      "is_active boolean, last_ping timestamptz); "
      "GRANT SELECT ON hokm_game.websocket TO hakem; "
      "INSERT INTO hokm_game.websocket VALUES ('a', NULL, true, now())");
  Sql("SELECT pg_advisory_unlock_all()");
  GameOptions options;
  options.names.tables["websocket_connections"] = {.table = "websocket", .columns = {}};
  Watcher watcher(Dsn(), options);
  ASSERT_THAT(watcher.Collect(), IsOk());
  Sql("UPDATE hokm_game.websocket SET is_active = false");
  Sql("SELECT pg_advisory_unlock_all()");
  CollectUntil(watcher, [&] { return watcher.Sum("game_disconnections_total") == 0; });
  ASSERT_THAT(watcher.Collect(), IsOk()) << "the row of the connection is requested by its id";
  EXPECT_FALSE(Sprung());
}

TEST_F(GameOwner, CannotAddAForeignPartition) {
  AsSuperuser(
      "CREATE FOREIGN DATA WRAPPER nowhere; CREATE SERVER nowhere FOREIGN DATA WRAPPER nowhere; "
      "GRANT USAGE ON FOREIGN SERVER nowhere TO keeper");
  Sql("ALTER TABLE hokm_game.game_history RENAME TO old_history; "
      "CREATE TABLE hokm_game.game_history (LIKE hokm_game.old_history) "
      "PARTITION BY RANGE (completed_at); "
      "CREATE FOREIGN TABLE hokm_game.far PARTITION OF hokm_game.game_history DEFAULT "
      "SERVER nowhere; GRANT SELECT ON hokm_game.game_history TO hakem");
  ExpectRefused("the relation hokm_game.far, which is read with it, is no table");
}

TEST_F(GameOwner, CannotReplaceThePlayersByAView) {
  Sql("ALTER TABLE hokm_game.players RENAME TO people; CREATE VIEW hokm_game.players AS "
      "SELECT last_seen, is_active, length(hokm_game.trap('x')) AS rating FROM hokm_game.people; "
      "GRANT SELECT ON hokm_game.players TO hakem");
  ExpectRefused("hokm_game.players is a view", game_players);
  Watcher watcher(Dsn());
  EXPECT_THAT(watcher.Collect(), IsOk()) << "the collector `game` does not read that table";
}

TEST_F(GameOwner, IsAcceptedWithAMaterializedViewAndAPartitionedTable) {
  Sql("ALTER TABLE hokm_game.game_history RENAME TO old_history; "
      "CREATE MATERIALIZED VIEW hokm_game.game_history AS SELECT * FROM hokm_game.old_history; "
      "CREATE INDEX ON hokm_game.game_history (completed_at); "
      "GRANT SELECT ON hokm_game.game_history TO hakem");
  Watcher watcher(Dsn());
  EXPECT_THAT(watcher.Collect(), IsOk());
}

TEST_F(GameOwner, MayBeTrusted) {
  Sql("ALTER TABLE hokm_game.game_sessions RENAME TO real_sessions; "
      "CREATE VIEW hokm_game.game_sessions AS SELECT * FROM hokm_game.real_sessions; "
      "GRANT SELECT ON hokm_game.game_sessions TO hakem; "
      "INSERT INTO hokm_game.real_sessions (room_id) VALUES ('r')");
  Watcher watcher(Dsn(), {.allow_views = true});
  ASSERT_THAT(watcher.Collect(), IsOk());
  EXPECT_EQ(watcher.Value(R"(game_active_games{game="hokm_game"})"), 1);
}

}  // namespace
}  // namespace hakem::collectors

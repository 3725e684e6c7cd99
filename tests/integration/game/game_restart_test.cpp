// `hakem serve` is killed while the game is played, and continues its counters after a restart.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "process/temporary_folder.h"
#include "tests/support/game/game_fixture.h"
#include "tests/support/game/late_writers.h"
#include "tests/support/programs/hakem_process.h"

namespace hakem::collectors {
namespace {

using std::chrono::seconds;

constexpr auto kMoves = R"(game_moves_total{game="hokm_game",move_type="play_card",server="hokm"})";
constexpr auto kExact = R"(game_collection_exact{game="hokm_game",server="hokm"})";
constexpr auto kOpened = R"(game_connections_opened_total{game="hokm_game",server="hokm"})";

constexpr auto kMove =
    "INSERT INTO hokm_game.game_moves (game_session_id, player_id, move_type, round_number, "
    "sequence_number) SELECT s.id, p.id, 'play_card', 1, nextval('public.moves') "
    "FROM (SELECT id FROM hokm_game.game_sessions WHERE room_id = 'r') s, "
    "(SELECT id FROM hokm_game.players LIMIT 1) p";

std::string Finished(std::string_view outcome) {
  return fmt::format(
      R"(game_sessions_finished_total{{game="hokm_game",game_type="standard",outcome="{}",server="hokm"}})",
      outcome);
}

class GameRestart : public GameFixture {
 protected:
  void SetUp() override {
    GameFixture::SetUp();
    auto folder = process::MakeTemporaryFolder("hakem-restart");
    ASSERT_THAT(folder, IsOk());
    folder_ = *folder;
    std::ofstream(folder_ + "/hakem.yml") << fmt::format(R"(
targets:
  - name: hokm
    dsn: {}
    games: [{{name: hokm_game, schema: hokm_game, holdback_cap: 3s}}]
collect: {{lanes: {{fast: 1s}}}}
)",
                                                         Dsn());
    Sql("INSERT INTO hokm_game.game_sessions (room_id) VALUES ('r')");
  }

  void TearDown() override { std::filesystem::remove_all(folder_); }

  void Start() {
    auto started =
        ServingHakem::Start({}, {"--config", folder_ + "/hakem.yml", "--state.directory", folder_});
    ASSERT_THAT(started, IsOk());
    hakem_ = std::move(*started);
    ASSERT_TRUE(Eventually(seconds(30), [&] { return hakem_->Metric(kMoves).has_value(); }))
        << hakem_->Log();
  }

  void Kill() { hakem_.reset(); }  // Sends SIGKILL.

  std::string folder_;
  std::unique_ptr<ServingHakem> hakem_;
};

TEST_F(GameRestart, LosesNothingAndCountsNothingTwice) {
  Sql("INSERT INTO hokm_game.game_sessions (room_id) VALUES ('given up')");
  Start();
  pqxx::connection other(Dsn("postgres"));
  pqxx::connection preparing(Dsn("postgres"));
  const LateWriters writers{
      .dsn = Dsn("postgres"), .move = kMove, .transactions = 12, .longest = seconds(2)};
  WriteWhileCollecting(writers, 3, [&](int round) {
    if (round != 0) {
      return;
    }
    pqxx::work stuck(other);
    stuck.exec(kMove);
    pqxx::nontransaction work(preparing);
    work.exec("BEGIN");
    work.exec(kMove);
    work.exec("PREPARE TRANSACTION 'held'");
    EXPECT_TRUE(Eventually(seconds(30), [&] { return hakem_->Metric(kExact) == 0; }))
        << "the stuck transaction does not exceed the cap";
    Kill();
    Sql("UPDATE hokm_game.game_sessions SET status = 'abandoned' WHERE room_id = 'given up'");
    Sql("INSERT INTO hokm_game.websocket_connections (player_id) "
        "SELECT id FROM hokm_game.players LIMIT 1");
    Start();
    stuck.commit();
    work.exec("COMMIT PREPARED 'held'");
  });
  const double written = Number("SELECT count(*) FROM hokm_game.game_moves");
  EXPECT_TRUE(
      Eventually(seconds(30),
                 [&] { return hakem_->Metric(kExact) == 1 && hakem_->Metric(kMoves) == written; }))
      << *hakem_->Metric(kMoves) << " of " << written << "\n"
      << hakem_->Log();
  EXPECT_TRUE(Eventually(seconds(10), [&] { return hakem_->Metric(Finished("abandoned")) == 1; }));
  EXPECT_EQ(hakem_->Metric(kOpened), 1);
  EXPECT_NE(hakem_->Log().find("the saved counters of the game were restored"), std::string::npos);
}

}  // namespace
}  // namespace hakem::collectors

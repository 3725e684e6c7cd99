// The shipped alerts in Hakem itself; gaming_test.yml shows the same of a Prometheus.

#include <gmock/gmock.h>

#include <ostream>
#include <string>
#include <vector>

#include "rules/files/definitions.h"
#include "rules/rule_set.h"
#include "tests/support/collection/snapshots.h"
#include "tests/support/fake_clock.h"
#include "tests/support/recorded_instruments.h"
#include "tsdb/snapshot_queryable.h"

namespace hakem::rules {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Timestamp kStart{std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)};

/// What the game's metrics are, but for the one that a row breaks.
struct Game {
  double active_games = 200;
  double online_players = 1000;
  double long_running_games = 0;
  double oldest_age_seconds = 7200;
  double moves_per_minute = 10;
  double playing = 4;
};

std::shared_ptr<const Snapshot> SnapshotOf(const Game& game, Timestamp time) {
  const auto metric = [](std::string_view name) {
    return Labels{{"__name__", std::string(name)}, {"game", "hokm"}};
  };
  const auto limit = [](std::string_view name) {
    return Labels{{"__name__", "hakem_threshold"}, {"name", std::string(name)}};
  };
  return MakeSnapshot(time,
                      {{metric("game_active_games"), game.active_games},
                       {metric("game_online_players"), game.online_players},
                       {metric("game_long_running_games"), game.long_running_games},
                       {metric("game_oldest_active_game_age_seconds"), game.oldest_age_seconds},
                       {metric("game_moves_per_minute"), game.moves_per_minute},
                       {metric("game_sessions_playing"), game.playing},
                       {limit("max_active_games"), 200},
                       {limit("max_concurrent_players"), 1000},
                       {limit("max_game_duration_seconds"), 7200},
                       {limit("min_moves_per_minute"), 10},
                       {limit("max_moves_per_minute"), 500}});
}

struct Row {
  std::string alert;
  Game game;
  Duration hold;
  std::string summary;
};

void PrintTo(const Row& row, std::ostream* out) {
  *out << row.alert;
}

class GamingRules : public ::testing::TestWithParam<Row> {
 protected:
  /// The summaries of alerts that begin to fire while the game is like this from the start on, with
  /// an evaluation each 5 s until `end`.
  std::vector<std::string> SummariesUntil(Duration end, const Game& game) {
    std::vector<std::string> summaries;
    RuleSet rules(*ParseRuleFile(ShippedRuleFiles()[0].yaml, "gaming.yml"),
                  {.collection_interval = seconds(5), .external_url = ""},
                  {.sink =
                       [&](std::span<const Alert> alerts) {
                         for (const Alert& alert : alerts) {
                           summaries.push_back(alert.annotations.at("summary"));
                         }
                       },
                   .clock = clock_,
                   .instruments = instruments_,
                   .log = Log::Silent().For("rules")});
    for (Duration at{0}; at <= end; at += seconds(5)) {
      const Timestamp now = kStart + at;
      rules.Evaluate(tsdb::SnapshotQueryable(SnapshotOf(game, now),
                                             Labels{{"job", "hakem"}, {"instance", "a:9187"}}),
                     now);
    }
    return summaries;
  }

  FakeClock clock_;
  RecordedInstruments instruments_;
};

TEST_P(GamingRules, FireAloneAfterTheirTime) {
  const Row& row = GetParam();
  EXPECT_THAT(SummariesUntil(row.hold - seconds(5), row.game), IsEmpty());
  EXPECT_THAT(SummariesUntil(row.hold, row.game), ElementsAre(row.summary));
}

INSTANTIATE_TEST_SUITE_P(
    Shipped, GamingRules,
    ::testing::Values(
        Row{"ManyActiveGames", {.active_games = 201}, seconds(30), "hokm has 201 active games"},
        Row{"ManyOnlinePlayers",
            {.online_players = 1001},
            seconds(30),
            "hokm has 1001 players online"},
        Row{"LongRunningGame",
            {.long_running_games = 3, .oldest_age_seconds = 7201},
            minutes(1),
            "Games of hokm that do not end: 3"},
        Row{"LowActivity",
            {.moves_per_minute = 9.5},
            minutes(5),
            "hokm is at 9.5 moves a minute while games are being played"},
        Row{"VeryHighActivity",
            {.moves_per_minute = 501},
            seconds(30),
            "hokm is at 501 moves a minute"}),
    [](const auto& row) { return row.param.alert; });

TEST_F(GamingRules, StaySilentAtTheirLimits) {
  EXPECT_THAT(SummariesUntil(minutes(10), Game{}), IsEmpty());
}

TEST_F(GamingRules, StaySilentInAnEmptyNight) {
  EXPECT_THAT(SummariesUntil(minutes(10), {.active_games = 0,
                                           .online_players = 0,
                                           .oldest_age_seconds = 0,
                                           .moves_per_minute = 0,
                                           .playing = 0}),
              IsEmpty());
}

}  // namespace
}  // namespace hakem::rules

#include "cli/output/snapshot_summary.h"

#include <gtest/gtest.h>

#include <memory>

namespace hakem::cli {
namespace {

Sample Of(const std::vector<Label>& labels, double value) {
  return {std::make_shared<const Series>(Labels(labels)), value};
}

MetricFamily Family(std::string name, std::vector<Sample> samples) {
  MetricFamily family;
  family.name = std::move(name);
  family.samples = std::move(samples);
  return family;
}

TEST(SnapshotSummary, HasFiguresOfEachGame) {
  const Snapshot snapshot{
      .time = {},
      .families = {
          Family("game_active_games", {Of({{"game", "chess"}}, 2), Of({{"game", "hokm"}}, 3)}),
          Family("game_online_players", {Of({{"game", "hokm"}}, 12)})}};
  EXPECT_EQ(Summarise(snapshot).games,
            (std::vector<Figures>{{"chess", {{"active_games", 2}}},
                                  {"hokm", {{"active_games", 3}, {"online_players", 12}}}}));
}

TEST(SnapshotSummary, SumsTheDatabasesAndTakesTheWorstTransaction) {
  const Snapshot snapshot{
      .time = {},
      .families = {Family("pg_stat_activity_max_tx_duration",
                          {Of({{"datname", "a"}}, 1), Of({{"datname", "b"}}, 9)}),
                   Family("pg_stat_database_blks_hit",
                          {Of({{"datname", "a"}}, 60), Of({{"datname", "b"}}, 30)}),
                   Family("pg_stat_database_blks_read", {Of({{"datname", "a"}}, 10)}),
                   Family("pg_stat_database_numbackends",
                          {Of({{"datname", "a"}}, 4), Of({{"datname", "b"}}, 5)})}};
  EXPECT_EQ(
      Summarise(snapshot).database,
      (Figures{
          "", {{"connections", 9}, {"longest_transaction_seconds", 9}, {"cache_hit_ratio", 0.9}}}));
}

TEST(SnapshotSummary, LeavesOutUnknownFigures) {
  EXPECT_EQ(Summarise({}), SnapshotSummary());
}

}  // namespace
}  // namespace hakem::cli

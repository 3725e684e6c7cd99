#include "cli/output/snapshot_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace hakem::cli {
namespace {

MetricFamily Gauge(const std::string& name, const Labels& labels, double value) {
  return {name,
          MetricType::kGauge,
          "Something.",
          {{std::make_shared<const Series>(labels.With(kMetricNameLabel, name)), value}}};
}

TEST(SnapshotJson, HasTheWindowOfAMetricToTheMicrosecond) {
  const Labels game{{"game", "hokm"}, {"server", "a"}};
  const Labels moves = game.With("metric", "game_moves_per_minute");
  const Snapshot snapshot{
      .time = {},
      .families = {Gauge("game_moves_per_minute", game, 12),
                   Gauge("game_window_from_timestamp_seconds", moves, 1795383820.950774),
                   Gauge("game_window_to_timestamp_seconds", moves, 1795383880.000001),
                   Gauge("game_active_games", game, 3)}};
  const auto json = nlohmann::json::parse(ToJson(snapshot));
  const auto& windowed = json["families"][0]["samples"][0];
  EXPECT_EQ(windowed["value"], 12);
  EXPECT_EQ(windowed["from"], "2026-11-22T21:43:40.950774Z");
  EXPECT_EQ(windowed["to"], "2026-11-22T21:44:40.000001Z");
  EXPECT_FALSE(json["families"][3]["samples"][0].contains("from"));
}

}  // namespace
}  // namespace hakem::cli

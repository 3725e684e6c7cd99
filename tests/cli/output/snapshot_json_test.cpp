#include "cli/output/snapshot_json.h"

#include <gtest/gtest.h>

#include <cmath>
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

TEST(SnapshotJson, IsIndentedAndHasATextForValuesThatJsonLacks) {
  Snapshot snapshot{
      .time = Timestamp(std::chrono::seconds(1000)),
      .families = {Gauge("pg_up", {}, 1), Gauge("game_active_games", Labels{{"game", "hokm"}}, 3),
                   Gauge("nan", {}, std::nan("")),
                   Gauge("infinite", Labels{{"a", "\"\xff"}}, -HUGE_VAL)}};
  snapshot.families.push_back({"empty", MetricType::kCounter, "", {}});
  EXPECT_EQ(ToJson(snapshot), R"({
  "time": "1970-01-01T00:16:40Z",
  "summary": {
    "games": [
      {
        "game": "hokm",
        "active_games": 3.0
      }
    ],
    "database": {
      "up": 1.0
    }
  },
  "families": [
    {
      "name": "pg_up",
      "type": "gauge",
      "help": "Something.",
      "samples": [
        {
          "labels": {},
          "value": 1.0
        }
      ]
    },
    {
      "name": "game_active_games",
      "type": "gauge",
      "help": "Something.",
      "samples": [
        {
          "labels": {
            "game": "hokm"
          },
          "value": 3.0
        }
      ]
    },
    {
      "name": "nan",
      "type": "gauge",
      "help": "Something.",
      "samples": [
        {
          "labels": {},
          "value": "NaN"
        }
      ]
    },
    {
      "name": "infinite",
      "type": "gauge",
      "help": "Something.",
      "samples": [
        {
          "labels": {
            "a": "\"�"
          },
          "value": "-Inf"
        }
      ]
    },
    {
      "name": "empty",
      "type": "counter",
      "help": "",
      "samples": []
    }
  ]
}
)");
}

/// The layout and the numbers are those of nlohmann::json, which wrote this document once: a script
/// may compare its texts.
TEST(SnapshotJson, IsWrittenAsNlohmannJsonWould) {
  const Snapshot snapshot{
      .time = {},
      .families = {Gauge("pg_database_size_bytes", Labels{{"datname", "a\n\\é"}}, 7.5e15),
                   Gauge("game_active_games", Labels{{"game", "hokm"}}, 3),
                   Gauge("small", {}, 0.00001234)}};
  const std::string text = ToJson(snapshot);
  EXPECT_EQ(text, nlohmann::ordered_json::parse(text).dump(2) + '\n');
}

}  // namespace
}  // namespace hakem::cli

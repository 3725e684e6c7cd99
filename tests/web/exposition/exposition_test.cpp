#include "web/exposition/exposition.h"

#include <gmock/gmock.h>
#include <prometheus/text_serializer.h>

#include <cmath>
#include <limits>
#include <sstream>

namespace hakem::web {
namespace {

SeriesRef MakeSeries(Labels labels) {
  return std::make_shared<const Series>(std::move(labels));
}

Snapshot SnapshotOf(std::vector<MetricFamily> families) {
  return {Timestamp{}, std::move(families)};
}

Snapshot TwoFamilies() {
  return SnapshotOf({{"game_moves_total",
                      MetricType::kCounter,
                      "Moves.",
                      {{MakeSeries({{"__name__", "game_moves_total"}, {"game", "hokm"}}), 3},
                       {MakeSeries({{"__name__", "game_moves_total"}, {"game", "a\"b"}}), 0.5}}},
                     {"pg_up",
                      MetricType::kGauge,
                      "Whether it is up.",
                      {{MakeSeries({{"__name__", "pg_up"}}), 1}}}});
}

std::string TextOf(double value) {
  const std::string page = RenderText(
      SnapshotOf({{"x", MetricType::kGauge, "X.", {{MakeSeries({{"__name__", "x"}}), value}}}}));
  return page.substr(page.rfind("\nx ") + 3);
}

std::string OpenMetricsOf(std::string name, MetricType type) {
  auto series = MakeSeries({{"__name__", name}});
  return Render(SnapshotOf({{std::move(name), type, "X.", {{std::move(series), 1}}}}),
                PageFormat::kOpenMetrics);
}

TEST(RenderText, WritesFamiliesWithTheirSamples) {
  EXPECT_EQ(RenderText(TwoFamilies()),
            "# HELP game_moves_total Moves.\n"
            "# TYPE game_moves_total counter\n"
            "game_moves_total{game=\"hokm\"} 3\n"
            "game_moves_total{game=\"a\\\"b\"} 0.5\n"
            "# HELP pg_up Whether it is up.\n"
            "# TYPE pg_up gauge\n"
            "pg_up 1\n");
}

TEST(RenderText, OmitsTargetLabels) {
  Snapshot snapshot = SnapshotOf(
      {{"x",
        MetricType::kGauge,
        "X.",
        {{MakeSeries({{"__name__", "x"}, {"a", "1"}, {"instance", "h:9187"}, {"job", "hakem"}}), 1},
         {MakeSeries({{"__name__", "x"}, {"job", "of its own"}}), 2}}}});
  snapshot.target_labels = {{"instance", "h:9187"}, {"job", "hakem"}};
  EXPECT_EQ(RenderText(snapshot),
            "# HELP x X.\n# TYPE x gauge\nx{a=\"1\"} 1\nx{job=\"of its own\"} 2\n");
}

TEST(RenderText, EscapesHelp) {
  const Snapshot snapshot = SnapshotOf(
      {{"x", MetricType::kUntyped, "a \\ b\nc \"d\"", {{MakeSeries({{"__name__", "x"}}), 0}}}});
  EXPECT_EQ(RenderText(snapshot), "# HELP x a \\\\ b\\nc \"d\"\n# TYPE x untyped\nx 0\n");
}

TEST(RenderText, OmitsFamiliesWithoutSamples) {
  EXPECT_EQ(RenderText(SnapshotOf({{"x", MetricType::kGauge, "Nothing.", {}}})), "");
}

TEST(RenderText, WritesTheShortestTextThatParsesAsTheSameValue) {
  EXPECT_EQ(TextOf(0.1), "0.1\n");
  EXPECT_EQ(TextOf(0.1 + 0.2), "0.30000000000000004\n");
  EXPECT_EQ(TextOf(-0.0), "-0\n");
  EXPECT_EQ(TextOf(9007199254740991), "9007199254740991\n");
  EXPECT_EQ(TextOf(1e22), "1e+22\n");
  EXPECT_EQ(TextOf(-42), "-42\n");
  EXPECT_EQ(TextOf(1764000000.123), "1764000000.123\n");
  EXPECT_EQ(TextOf(12345678901234), "12345678901234\n");
  EXPECT_EQ(TextOf(5e-324), "5e-324\n");
  EXPECT_EQ(TextOf(1e300), "1e+300\n");
}

TEST(RenderText, WritesNanAndInfinityAsPrometheusDoes) {
  EXPECT_EQ(TextOf(std::nan("")), "NaN\n");
  EXPECT_EQ(TextOf(std::numeric_limits<double>::infinity()), "+Inf\n");
  EXPECT_EQ(TextOf(-std::numeric_limits<double>::infinity()), "-Inf\n");
}

TEST(RenderText, AgreesWithPrometheusCpp) {
  prometheus::MetricFamily moves{"game_moves_total", "Moves.", prometheus::MetricType::Counter, {}};
  moves.metric.resize(2);
  moves.metric[0].label = {{"game", "hokm"}};
  moves.metric[0].counter.value = 3;
  moves.metric[1].label = {{"game", "a\"b"}};
  moves.metric[1].counter.value = 0.5;
  prometheus::MetricFamily up{"pg_up", "Whether it is up.", prometheus::MetricType::Gauge, {}};
  up.metric.resize(1);
  up.metric[0].gauge.value = 1;
  std::ostringstream page;
  prometheus::TextSerializer().Serialize(page, {moves, up});
  EXPECT_EQ(RenderText(TwoFamilies()), page.str());
}

TEST(RenderOpenMetrics, WritesTheSameSamplesAndEnds) {
  EXPECT_EQ(Render(TwoFamilies(), PageFormat::kOpenMetrics),
            "# HELP game_moves Moves.\n"
            "# TYPE game_moves counter\n"
            "game_moves_total{game=\"hokm\"} 3\n"
            "game_moves_total{game=\"a\\\"b\"} 0.5\n"
            "# HELP pg_up Whether it is up.\n"
            "# TYPE pg_up gauge\n"
            "pg_up 1\n"
            "# EOF\n");
  EXPECT_EQ(Render(Snapshot{}, PageFormat::kOpenMetrics), "# EOF\n");
}

TEST(RenderOpenMetrics, CallsACounterUnknownWhoseNameDoesNotEndInTotal) {
  EXPECT_EQ(OpenMetricsOf("pg_xact_commit", MetricType::kCounter),
            "# HELP pg_xact_commit X.\n# TYPE pg_xact_commit unknown\npg_xact_commit 1\n# EOF\n");
  EXPECT_EQ(OpenMetricsOf("x", MetricType::kUntyped),
            "# HELP x X.\n# TYPE x unknown\nx 1\n# EOF\n");
}

TEST(RenderOpenMetrics, CallsACounterUnknownWhoseShortNameIsTaken) {
  const std::string page = Render(
      SnapshotOf({{"games", MetricType::kGauge, "G.", {{MakeSeries({{"__name__", "games"}}), 1}}},
                  {"games_total",
                   MetricType::kCounter,
                   "T.",
                   {{MakeSeries({{"__name__", "games_total"}}), 2}}}}),
      PageFormat::kOpenMetrics);
  EXPECT_THAT(page, testing::HasSubstr("# TYPE games_total unknown\ngames_total 2\n"));
}

TEST(RenderOpenMetrics, WritesUnitsThatNamesEndIn) {
  EXPECT_THAT(OpenMetricsOf("pg_size_bytes", MetricType::kGauge),
              testing::HasSubstr("# TYPE pg_size_bytes gauge\n# UNIT pg_size_bytes bytes\n"));
  EXPECT_THAT(OpenMetricsOf("pg_busy_seconds_total", MetricType::kCounter),
              testing::HasSubstr("# UNIT pg_busy_seconds seconds\npg_busy_seconds_total 1\n"));
  EXPECT_THAT(OpenMetricsOf("pg_kilobytes", MetricType::kGauge),
              testing::Not(testing::HasSubstr("UNIT")));
}

TEST(RenderOpenMetrics, EscapesQuotesInHelpToo) {
  const Snapshot snapshot = SnapshotOf(
      {{"x", MetricType::kGauge, "a \\ b\nc \"d\"", {{MakeSeries({{"__name__", "x"}}), 0}}}});
  EXPECT_EQ(Render(snapshot, PageFormat::kOpenMetrics),
            "# HELP x a \\\\ b\\nc \\\"d\\\"\n# TYPE x gauge\nx 0\n# EOF\n");
}

}  // namespace
}  // namespace hakem::web

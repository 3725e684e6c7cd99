#include "web/exposition/exposition.h"

#include <gmock/gmock.h>
#include <prometheus/text_serializer.h>
#include <zlib.h>

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

std::string Gunzip(const std::string& compressed) {
  std::string text(1 << 20, '\0');
  z_stream stream{};
  inflateInit2(&stream, 15 + 16);
  stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(compressed.data()));
  stream.avail_in = static_cast<uInt>(compressed.size());
  stream.next_out = reinterpret_cast<Bytef*>(text.data());
  stream.avail_out = static_cast<uInt>(text.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  text.resize(stream.total_out);
  inflateEnd(&stream);
  return text;
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

TEST(RenderText, EscapesHelp) {
  const Snapshot snapshot = SnapshotOf(
      {{"x", MetricType::kUntyped, "a \\ b\nc \"d\"", {{MakeSeries({{"__name__", "x"}}), 0}}}});
  EXPECT_EQ(RenderText(snapshot), "# HELP x a \\\\ b\\nc \"d\"\n# TYPE x untyped\nx 0\n");
}

TEST(RenderText, LeavesOutFamiliesWithoutSamples) {
  EXPECT_EQ(RenderText(SnapshotOf({{"x", MetricType::kGauge, "Nothing.", {}}})), "");
}

TEST(RenderText, WritesTheShortestTextThatReadsBack) {
  EXPECT_EQ(TextOf(0.1), "0.1\n");
  EXPECT_EQ(TextOf(0.1 + 0.2), "0.30000000000000004\n");
  EXPECT_EQ(TextOf(-0.0), "-0\n");
  EXPECT_EQ(TextOf(1764000000.123), "1764000000.123\n");
  EXPECT_EQ(TextOf(12345678901234), "12345678901234\n");
  EXPECT_EQ(TextOf(5e-324), "5e-324\n");
  EXPECT_EQ(TextOf(1e300), "1e+300\n");
}

TEST(RenderText, WritesWhatIsNoNumberAsPrometheusDoes) {
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

TEST(Gzip, IsReadBack) {
  const std::string page = RenderText(TwoFamilies());
  EXPECT_EQ(Gunzip(Gzip(page)), page);
  EXPECT_EQ(Gunzip(Gzip("")), "");
}

TEST(PageCache, RendersASnapshotOnce) {
  PageCache cache;
  const auto snapshot = std::make_shared<const Snapshot>(TwoFamilies());
  const auto page = cache.PageOf(snapshot);
  EXPECT_EQ(cache.PageOf(snapshot), page);
  EXPECT_EQ(page->PlainText(), page->PlainText());
  EXPECT_EQ(page->Gzipped(), page->Gzipped());
  EXPECT_EQ(Gunzip(*page->Gzipped()), *page->PlainText());
}

TEST(PageCache, RendersTheNextSnapshotAnew) {
  PageCache cache;
  const auto old_page = cache.PageOf(std::make_shared<const Snapshot>(TwoFamilies()));
  const auto page = cache.PageOf(std::make_shared<const Snapshot>());
  EXPECT_EQ(*page->PlainText(), "");
  EXPECT_NE(*old_page->PlainText(), "") << "who holds the old page keeps it";
}

TEST(PageCache, HasAnEmptyPageBeforeTheFirstSnapshot) {
  EXPECT_EQ(*PageCache().PageOf(nullptr)->PlainText(), "");
}

}  // namespace
}  // namespace hakem::web

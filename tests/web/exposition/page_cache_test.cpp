#include "web/exposition/page_cache.h"

#include <gmock/gmock.h>
#include <zlib.h>

#include "web/exposition/exposition.h"
#include "web/http/gzip.h"

namespace hakem::web {
namespace {

constexpr auto kText = PageFormat::kText;

Snapshot OneGauge() {
  const auto series = std::make_shared<const Series>(Labels{{"__name__", "pg_up"}});
  return {Timestamp{}, {{"pg_up", MetricType::kGauge, "Up.", {{series, 1}}}}};
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

std::string Joined(const PageParts& parts) {
  std::string text;
  for (const auto& part : parts) {
    text += *part;
  }
  return text;
}

TEST(Gzip, CanBeDecompressed) {
  const std::string page = RenderText(OneGauge());
  EXPECT_EQ(Gunzip(Gzip(page)), page);
  EXPECT_EQ(Gunzip(Gzip("")), "");
  const auto part = [](const std::string& text) {
    return std::make_shared<const std::string>(text);
  };
  EXPECT_EQ(Gunzip(Gzip(PageParts{part("a"), part(""), part("b")})), "ab");
}

TEST(PageCache, RendersASnapshotOnce) {
  PageCache cache;
  const auto snapshot = std::make_shared<const Snapshot>(OneGauge());
  const auto page = cache.PageOf(snapshot);
  EXPECT_EQ(cache.PageOf(snapshot), page);
  EXPECT_EQ(&page->Plain(kText), &page->Plain(kText));
  EXPECT_EQ(page->Gzipped(kText), page->Gzipped(kText));
  EXPECT_EQ(Gunzip(*page->Gzipped(kText)), Joined(page->Plain(kText)));
}

TEST(PageCache, CachesBothFormats) {
  const RenderedPage page(std::make_shared<const Snapshot>(OneGauge()),
                          std::make_shared<PageWriter>());
  EXPECT_EQ(Joined(page.Plain(kText)), RenderText(OneGauge()));
  EXPECT_EQ(Joined(page.Plain(PageFormat::kOpenMetrics)),
            Render(OneGauge(), PageFormat::kOpenMetrics));
  EXPECT_NE(*page.Gzipped(kText), *page.Gzipped(PageFormat::kOpenMetrics));
}

TEST(PageCache, RendersANewSnapshot) {
  PageCache cache;
  const auto old_page = cache.PageOf(std::make_shared<const Snapshot>(OneGauge()));
  const auto page = cache.PageOf(std::make_shared<const Snapshot>());
  EXPECT_EQ(Joined(page->Plain(kText)), "");
  EXPECT_NE(Joined(old_page->Plain(kText)), "") << "who holds the old page keeps it";
}

TEST(PageCache, HasAnEmptyPageBeforeTheFirstSnapshot) {
  EXPECT_EQ(Joined(PageCache().PageOf(nullptr)->Plain(kText)), "");
}

MetricFamily LargeFamily(std::string name, double value) {
  std::vector<Sample> samples;
  for (int i = 0; i < 1000; ++i) {
    samples.push_back({std::make_shared<const Series>(
                           Labels{{"__name__", name}, {"relname", "t" + std::to_string(i)}}),
                       value});
  }
  return {name, MetricType::kCounter, "Large.", std::move(samples)};
}

TEST(PageWriter, WritesTheSamePageAsTheRenderer) {
  const Snapshot snapshot{Timestamp{}, {LargeFamily("a_total", 1), OneGauge().families[0]}};
  PageWriter writer;
  for (const PageFormat format : {kText, PageFormat::kOpenMetrics}) {
    EXPECT_EQ(Joined(writer.Write(snapshot, format)), Render(snapshot, format));
  }
}

TEST(PageWriter, CachesLinesOfLargeFamiliesWithUnchangedSamples) {
  const MetricFamily stays = LargeFamily("a_total", 1);
  PageWriter writer;
  const Snapshot first{Timestamp{}, {stays, LargeFamily("b_total", 1)}};
  const Snapshot second{Timestamp{}, {stays, LargeFamily("b_total", 2)}};
  const PageParts before = writer.Write(first, kText);
  const PageParts after = writer.Write(second, PageFormat::kOpenMetrics);
  ASSERT_EQ(before.size(), 5U);  // Head, lines, head, lines, end.
  EXPECT_EQ(after.at(1), before[1]);
  EXPECT_NE(after.at(3), before[3]);
  EXPECT_EQ(Joined(after), Render(second, PageFormat::kOpenMetrics));
}

}  // namespace
}  // namespace hakem::web

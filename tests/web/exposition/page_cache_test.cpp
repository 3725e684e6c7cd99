#include "web/exposition/page_cache.h"

#include <gmock/gmock.h>
#include <zlib.h>

#include "web/exposition/exposition.h"
#include "web/exposition/gzip.h"

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

TEST(Gzip, IsReadBack) {
  const std::string page = RenderText(OneGauge());
  EXPECT_EQ(Gunzip(Gzip(page)), page);
  EXPECT_EQ(Gunzip(Gzip("")), "");
}

TEST(PageCache, RendersASnapshotOnce) {
  PageCache cache;
  const auto snapshot = std::make_shared<const Snapshot>(OneGauge());
  const auto page = cache.PageOf(snapshot);
  EXPECT_EQ(cache.PageOf(snapshot), page);
  EXPECT_EQ(page->Plain(kText), page->Plain(kText));
  EXPECT_EQ(page->Gzipped(kText), page->Gzipped(kText));
  EXPECT_EQ(Gunzip(*page->Gzipped(kText)), *page->Plain(kText));
}

TEST(PageCache, KeepsBothFormatsApart) {
  const RenderedPage page(std::make_shared<const Snapshot>(OneGauge()));
  EXPECT_EQ(*page.Plain(kText), RenderText(OneGauge()));
  EXPECT_EQ(*page.Plain(PageFormat::kOpenMetrics), Render(OneGauge(), PageFormat::kOpenMetrics));
  EXPECT_NE(*page.Gzipped(kText), *page.Gzipped(PageFormat::kOpenMetrics));
}

TEST(PageCache, RendersTheNextSnapshotAnew) {
  PageCache cache;
  const auto old_page = cache.PageOf(std::make_shared<const Snapshot>(OneGauge()));
  const auto page = cache.PageOf(std::make_shared<const Snapshot>());
  EXPECT_EQ(*page->Plain(kText), "");
  EXPECT_NE(*old_page->Plain(kText), "") << "who holds the old page keeps it";
}

TEST(PageCache, HasAnEmptyPageBeforeTheFirstSnapshot) {
  EXPECT_EQ(*PageCache().PageOf(nullptr)->Plain(kText), "");
}

}  // namespace
}  // namespace hakem::web

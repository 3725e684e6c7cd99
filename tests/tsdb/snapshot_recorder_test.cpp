#include "tsdb/snapshot_recorder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/matchers.h"
#include "tests/support/recorded_instruments.h"
#include "tsdb/store/store_metrics.h"

namespace hakem::tsdb {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;

constexpr Timestamp kStart{seconds(1'767'225'600)};

class SnapshotRecorderTest : public testing::Test {
 protected:
  static SeriesRef Make(Labels labels) { return std::make_shared<const Series>(std::move(labels)); }

  void Record(int second, const std::vector<Sample>& samples) {
    recorder_.Record({.time = kStart + seconds(second),
                      .families = {{.name = "f", .help = "", .samples = samples}}});
  }

  /// `0:1 5:2 10:stale`
  std::string Points(std::string_view name) const {
    const Matcher matcher = *Matcher::Make("__name__", MatchOp::kEqual, name);
    std::string text;
    for (const auto& series : store_.Select({&matcher, 1}, Timestamp::min(), Timestamp::max())) {
      for (const Point& point : series.points) {
        text += text.empty() ? "" : " ";
        text += std::to_string((point.time - kStart).count() / 1000) + ":";
        text +=
            IsStaleMarker(point.value) ? "stale" : std::to_string(static_cast<int>(point.value));
      }
    }
    return text;
  }

  Store store_;
  SnapshotRecorder recorder_{store_, Labels{{"job", "hakem"}, {"instance", "a:9187"}}};
  const SeriesRef a_ = Make({{"__name__", "a"}});
  const SeriesRef b_ = Make({{"__name__", "b"}});
  const SeriesRef c_ = Make({{"__name__", "c"}});
};

TEST_F(SnapshotRecorderTest, AttachesTheTargetsLabels) {
  Record(0, {{Make({{"__name__", "a"}, {"job", "mine"}}), 1}});
  const auto all = store_.SelectSeries({}, Timestamp::min(), Timestamp::max());
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(FormatSeries(all[0]->labels),
            R"(a{exported_job="mine", instance="a:9187", job="hakem"})");
  EXPECT_EQ(FormatSeries(all[1]->labels), R"(up{instance="a:9187", job="hakem"})");
}

TEST_F(SnapshotRecorderTest, SharesTheIdentityOfASeriesThatHasTheTargetsLabels) {
  const SeriesRef whole = Make({{"__name__", "a"}, {"job", "hakem"}, {"instance", "a:9187"}});
  Record(0, {{whole, 1}});
  const auto all = store_.SelectSeries({}, Timestamp::min(), Timestamp::max());
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0], whole);
  EXPECT_EQ(store_.MakeSeries(whole->labels), whole);
  EXPECT_EQ(store_.MakeSeries({{"__name__", "new"}})->labels, Labels({{"__name__", "new"}}));
}

TEST_F(SnapshotRecorderTest, StoresEachSnapshotInWhateverOrderItsSeriesAre) {
  Record(0, {{a_, 1}, {b_, 2}, {c_, 3}});
  Record(5, {{a_, 1}, {b_, 2}, {c_, 4}});
  Record(10, {{c_, 5}, {b_, 3}, {a_, 1}});
  const SeriesRef d = Make({{"__name__", "d"}});
  Record(15, {{c_, 6}, {d, 1}, {Make({{"__name__", "b"}}), 4}, {a_, 1}});
  Record(20, {{c_, 7}, {d, 2}, {a_, 1}, {b_, 5}});
  EXPECT_EQ(Points("a"), "0:1 5:1 10:1 15:1 20:1");
  EXPECT_EQ(Points("b"), "0:2 5:2 10:3 15:4 20:5");
  EXPECT_EQ(Points("c"), "0:3 5:4 10:5 15:6 20:7");
  EXPECT_EQ(Points("d"), "15:1 20:2");
  EXPECT_EQ(Points("up"), "0:1 5:1 10:1 15:1 20:1");
  EXPECT_EQ(store_.Stats().duplicates_total, 0U);
}

TEST_F(SnapshotRecorderTest, WritesOneStaleMarkerForASeriesThatDisappears) {
  Record(0, {{a_, 1}, {b_, 2}});
  Record(5, {{a_, 1}});
  Record(10, {{a_, 1}});
  Record(15, {{a_, 1}, {b_, 3}});
  EXPECT_EQ(Points("b"), "0:2 5:stale 15:3");
}

TEST_F(SnapshotRecorderTest, RecordsASeriesAgainThatRetentionHasDropped) {
  Record(0, {{a_, 1}});
  const Sample later{Make({{"__name__", "b"}}), 1};
  store_.Append(kStart + std::chrono::hours(48), {&later, 1});
  EXPECT_EQ(Points("a"), "");
  Record(5, {{a_, 2}});
  EXPECT_EQ(Points("a"), "5:2");
}

TEST_F(SnapshotRecorderTest, PublishesItsFiguresAsMetrics) {
  RecordedInstruments instruments;
  StoreMetrics metrics(instruments);
  metrics.Update(store_.Stats());
  Record(0, {{a_, 1}});
  metrics.Update(store_.Stats());
  Record(0, {{a_, 1}});
  metrics.Update(store_.Stats());
  EXPECT_EQ(instruments.Value("hakem_tsdb_series"), 2);
  EXPECT_EQ(instruments.Value("hakem_tsdb_samples_total"), 2);
  EXPECT_EQ(instruments.Value("hakem_tsdb_duplicate_samples_total"), 2);
  EXPECT_EQ(instruments.Value("hakem_tsdb_out_of_order_samples_total"), 0);
  EXPECT_GT(instruments.Value("hakem_tsdb_bytes"), 500);
}

}  // namespace
}  // namespace hakem::tsdb

#include "tsdb/snapshot_queryable.h"

#include <gtest/gtest.h>

#include <memory>

namespace hakem::tsdb {
namespace {

constexpr Timestamp kTime{Duration{1'000'000}};
constexpr Duration kMinute = std::chrono::minutes(1);

SnapshotQueryable WithTarget(Labels sample_labels) {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->time = kTime;
  snapshot->families.push_back(
      {"up", MetricType::kGauge, "", {{std::make_shared<Series>(std::move(sample_labels)), 1}}});
  return {snapshot, {{"job", "hokm"}, {"instance", "db:9187"}}};
}

TEST(SnapshotQueryable, AttachesTheTargetsLabels) {
  const auto selected = WithTarget({{"__name__", "up"}}).Select({}, kTime - kMinute, kTime);
  ASSERT_EQ(selected.size(), 1U);
  EXPECT_EQ(FormatSeries(selected[0].series->labels), "up{instance=\"db:9187\", job=\"hokm\"}");
  EXPECT_EQ(selected[0].points[0].time, kTime);
}

TEST(SnapshotQueryable, RenamesALabelOfASampleThatTheTargetHasToo) {
  const auto selected =
      WithTarget({{"__name__", "up"}, {"job", "own"}}).Select({}, kTime - kMinute, kTime);
  EXPECT_EQ(FormatSeries(selected[0].series->labels),
            "up{exported_job=\"own\", instance=\"db:9187\", job=\"hokm\"}");
}

TEST(SnapshotQueryable, SelectsFromAHalfOpenInterval) {
  const SnapshotQueryable data = WithTarget({{"__name__", "up"}});
  EXPECT_TRUE(data.Select({}, kTime, kTime + kMinute).empty());
  EXPECT_FALSE(data.Select({}, kTime - Duration{1}, kTime).empty());
  EXPECT_TRUE(data.Select({}, kTime - kMinute, kTime - Duration{1}).empty());
}

}  // namespace
}  // namespace hakem::tsdb

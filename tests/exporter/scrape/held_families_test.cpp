#include "exporter/scrape/held_families.h"

#include <gmock/gmock.h>

namespace hakem::exporter {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

MetricFamily Family(std::string name,
                    std::initializer_list<std::pair<std::string, double>> values) {
  MetricFamily family{.name = name, .type = MetricType::kGauge, .help = "Help.", .samples = {}};
  for (const auto& [label, value] : values) {
    family.samples.push_back({std::make_shared<const Series>(
                                  Labels{{std::string(kMetricNameLabel), name}, {"a", label}}),
                              value});
  }
  return family;
}

std::vector<std::string> Names(std::span<const MetricFamily> families) {
  std::vector<std::string> names;
  for (const MetricFamily& family : families) {
    names.push_back(family.name);
  }
  return names;
}

TEST(HeldFamilies, AreReturnedUntilTheHoldTimeHasPassed) {
  HeldFamilies held(seconds(15));
  const SteadyTime start = SteadyTime{} + seconds(100);
  held.Put({Family("a", {{"x", 1}})}, start);
  EXPECT_THAT(held.Get(start), SizeIs(1));
  EXPECT_THAT(held.Get(start + seconds(15) - Duration(1)), SizeIs(1));
  EXPECT_THAT(held.Get(start + seconds(15)), IsEmpty());
}

TEST(HeldFamilies, AreReplacedByTheNextPut) {
  HeldFamilies held(seconds(15));
  held.Put({Family("a", {})}, SteadyTime{});
  held.Put({Family("b", {})}, SteadyTime{} + seconds(10));
  EXPECT_THAT(Names(held.Get(SteadyTime{} + seconds(20))), ElementsAre("b"));
}

TEST(HoldTime, IsThreeIntervalsButAtMostFourMinutes) {
  EXPECT_EQ(HoldTime(seconds(5)), seconds(15));
  EXPECT_EQ(HoldTime(seconds(60)), minutes(3));
  EXPECT_EQ(HoldTime(minutes(2)), minutes(4));
}

TEST(HoldTime, LastsUntilTheNextValueIsDue) {
  EXPECT_EQ(HoldTime(minutes(10)), minutes(11));
}

TEST(FamilyMerger, SortsByName) {
  EXPECT_THAT(Names(FamilyMerger().Merge({Family("b", {}), Family("a", {}), Family("c", {})})),
              ElementsAre("a", "b", "c"));
}

TEST(FamilyMerger, JoinsFamiliesOfOneNameAndKeepsTheFirstOfASeries) {
  const auto merged =
      FamilyMerger().Merge({Family("a", {{"x", 1}, {"y", 2}}), Family("a", {{"y", 3}, {"z", 4}})});
  ASSERT_THAT(merged, SizeIs(1));
  std::vector<double> values;
  for (const Sample& sample : merged[0].samples) {
    values.push_back(sample.value);
  }
  EXPECT_THAT(values, ElementsAre(1, 2, 4));
}

TEST(FamilyMerger, SharesMergedSamplesWhoseInputsDidNotChange) {
  FamilyMerger merger;
  const MetricFamily one = Family("a", {{"x", 1}});
  const MetricFamily other = Family("a", {{"y", 2}});
  const auto first = merger.Merge({one, other});
  EXPECT_TRUE(merger.Merge({one, other})[0].samples.Shares(first[0].samples));
  const auto changed = merger.Merge({one, Family("a", {{"y", 3}})});
  ASSERT_THAT(changed[0].samples, SizeIs(2));
  EXPECT_EQ(changed[0].samples[1].value, 3);
  EXPECT_EQ(first[0].samples[1].value, 2);
}

}  // namespace
}  // namespace hakem::exporter

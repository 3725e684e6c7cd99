#include "rules/schedule/schedule.h"

#include <gmock/gmock.h>

#include <set>
#include <string>
#include <vector>

namespace hakem::rules {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr Timestamp kStart{std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)};

/// Seconds after the start of each evaluation that is due when the time passes second by second.
std::vector<int> DueEachSecond(Schedule& schedule, int from, int until) {
  std::vector<int> due;
  for (int second = from; second <= until; ++second) {
    schedule.OnTime(kStart + seconds(second));
    if (schedule.is_due()) {
      due.push_back(static_cast<int>((schedule.Take() - kStart) / seconds(1)));
    }
  }
  return due;
}

TEST(Slots, AreTheMultiplesOfTheIntervalPlusTheOffset) {
  const Slots slots{.interval = minutes(1), .offset = seconds(13)};
  EXPECT_EQ(slots.Latest(kStart + seconds(13)), kStart + seconds(13));
  EXPECT_EQ(slots.Latest(kStart + seconds(12)), kStart - seconds(47));
  EXPECT_EQ(slots.Latest(kStart + milliseconds(72'999)), kStart + seconds(13));
  EXPECT_EQ(slots.Latest(Timestamp(seconds(-1))), Timestamp(seconds(-47)));
}

TEST(Slots, HaveAConstantOffsetForEachGroup) {
  EXPECT_EQ(SlotsOf("a.yml", "g", minutes(1)).offset, SlotsOf("a.yml", "g", minutes(1)).offset);
  std::set<Duration> offsets;
  for (int i = 0; i < 100; ++i) {
    const Slots slots = SlotsOf("a.yml", std::to_string(i), minutes(1));
    EXPECT_GE(slots.offset, Duration(0));
    EXPECT_LT(slots.offset, minutes(1));
    offsets.insert(std::chrono::floor<seconds>(slots.offset));
  }
  EXPECT_THAT(offsets, SizeIs(Ge(40U))) << "spread over the interval";
  EXPECT_NE(SlotsOf("a.yml", "g", hours(1)).offset, SlotsOf("b.yml", "g", hours(1)).offset);
}

TEST(Schedule, BeginsAtTheNextSlotAndKeepsToThem) {
  Schedule schedule(Slots{.interval = seconds(60), .offset = seconds(13)});
  EXPECT_THAT(DueEachSecond(schedule, 0, 200), ElementsAre(13, 73, 133, 193));
  EXPECT_EQ(schedule.TakeMissed(), 0);
}

TEST(Schedule, DoesNotBeginInASlotThatHasBegun) {
  Schedule schedule(Slots{.interval = seconds(60), .offset = seconds(13)});
  EXPECT_THAT(DueEachSecond(schedule, 14, 80), ElementsAre(73));
}

TEST(Schedule, EvaluatesAsOfTheSlotAndNotOfTheTimeItIs) {
  Schedule schedule(Slots{.interval = seconds(60), .offset = seconds(13)});
  schedule.OnTime(kStart);
  schedule.OnTime(kStart + seconds(20));
  ASSERT_TRUE(schedule.is_due());
  EXPECT_EQ(schedule.Take(), kStart + seconds(13));
}

TEST(Schedule, LeavesOutAndCountsSlotsThatHavePassed) {
  Schedule schedule(Slots{.interval = seconds(60), .offset = seconds(13)});
  EXPECT_THAT(DueEachSecond(schedule, 0, 13), ElementsAre(13));
  schedule.OnTime(kStart + seconds(13 + 200));
  ASSERT_TRUE(schedule.is_due());
  EXPECT_EQ(schedule.Take(), kStart + seconds(13 + 180)) << "the newest slot";
  EXPECT_FALSE(schedule.is_due()) << "nothing is queued";
  EXPECT_EQ(schedule.TakeMissed(), 2);
  EXPECT_EQ(schedule.TakeMissed(), 0);
}

TEST(Schedule, CountsASlotThatWaitedUntilTheNext) {
  Schedule schedule(Slots{.interval = seconds(60), .offset = seconds(0)});
  schedule.OnTime(kStart);
  schedule.OnTime(kStart + seconds(60));
  schedule.OnTime(kStart + seconds(120));
  EXPECT_EQ(schedule.Take(), kStart + seconds(120));
  EXPECT_EQ(schedule.TakeMissed(), 1);
}

TEST(Schedule, WithoutSlotsFollowsTheCollection) {
  Schedule schedule(std::nullopt);
  EXPECT_THAT(DueEachSecond(schedule, 0, 100), IsEmpty());
  schedule.OnCollection(kStart + seconds(7));
  ASSERT_TRUE(schedule.is_due());
  EXPECT_EQ(schedule.Take(), kStart + seconds(7));
  EXPECT_FALSE(schedule.is_due());
  EXPECT_EQ(schedule.NextSlot(), std::nullopt);
}

TEST(Schedule, ReplacesACollectionThatWaits) {
  Schedule schedule(std::nullopt);
  schedule.OnCollection(kStart);
  schedule.OnCollection(kStart + seconds(5));
  schedule.OnCollection(kStart + seconds(10));
  EXPECT_EQ(schedule.Take(), kStart + seconds(10));
  EXPECT_EQ(schedule.TakeMissed(), 2);
}

TEST(Schedule, NeverGoesBack) {
  Schedule schedule(std::nullopt);
  schedule.OnCollection(kStart + seconds(10));
  schedule.Take();
  schedule.OnCollection(kStart);
  EXPECT_EQ(schedule.Take(), kStart + seconds(10));
}

TEST(Schedule, NamesTheNextSlot) {
  Schedule schedule(Slots{.interval = seconds(60), .offset = seconds(13)});
  EXPECT_EQ(schedule.NextSlot(), std::nullopt) << "it knows no time yet";
  schedule.OnTime(kStart);
  EXPECT_EQ(schedule.NextSlot(), kStart + seconds(13));
  schedule.OnTime(kStart + seconds(13));
  EXPECT_EQ(schedule.NextSlot(), kStart + seconds(73));
}

TEST(Schedule, MissesNothingWhenTheClockIsSet) {
  for (const Duration step : {Duration(hours(1)), Duration(-hours(24)), Duration(seconds(17))}) {
    Schedule schedule(Slots{.interval = seconds(60), .offset = seconds(13)});
    EXPECT_THAT(DueEachSecond(schedule, 0, 20), ElementsAre(13));
    schedule.MoveTimes(step);
    std::vector<Duration> since;
    for (int second = 21; second <= 200; ++second) {
      schedule.OnTime(kStart + seconds(second) + step);
      if (schedule.is_due()) {
        since.push_back(schedule.Take() - kStart - step);
      }
    }
    EXPECT_THAT(since, SizeIs(Ge(2U)));
    EXPECT_LE(since.front(), seconds(13 + 60)) << "no gap longer than an interval";
    EXPECT_EQ(schedule.TakeMissed(), 0);
  }
}

TEST(Schedule, ContinuesTheSlotsOfAnEarlierVersion) {
  Schedule before(Slots{.interval = seconds(60), .offset = seconds(13)});
  EXPECT_THAT(DueEachSecond(before, 0, 20), ElementsAre(13));
  Schedule same(Slots{.interval = seconds(60), .offset = seconds(13)});
  same.Continue(before);
  EXPECT_THAT(DueEachSecond(same, 80, 80), ElementsAre(73)) << "the slot in between is not lost";
  Schedule other(Slots{.interval = seconds(30), .offset = seconds(0)});
  other.Continue(before);
  EXPECT_THAT(DueEachSecond(other, 80, 95), ElementsAre(90));
}

TEST(Schedule, CanBeForced) {
  Schedule schedule(Slots{.interval = seconds(60), .offset = seconds(13)});
  schedule.Force(kStart + seconds(5));
  schedule.OnTime(kStart + seconds(5));
  ASSERT_TRUE(schedule.is_due());
  EXPECT_EQ(schedule.Take(), kStart + seconds(5));
  EXPECT_EQ(schedule.TakeMissed(), 0);
}

}  // namespace
}  // namespace hakem::rules

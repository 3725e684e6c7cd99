#include "exporter/scrape/rate_divisor.h"

#include <gmock/gmock.h>

#include "tests/support/collection/test_collectors.h"

namespace hakem::exporter {
namespace {

using collectors::Priority;
using testing::ElementsAre;

/// A collector of a lane of 1 s that takes `percent` of a core.
CollectorCost Cost(double percent, Priority priority = Priority::kOrdinary, int rate_divisor = 1) {
  return {.priority = priority,
          .seconds_per_round = percent / 100,
          .interval_seconds = 1,
          .rate_divisor = rate_divisor};
}

TEST(RateDivisorsWithin, AreOneWithinTheBudget) {
  EXPECT_THAT(RateDivisorsWithin(std::vector{Cost(0.2), Cost(0.2)}, 0.005), ElementsAre(1, 1));
}

TEST(RateDivisorsWithin, SlowOnlyTheMostExpensiveCollectors) {
  EXPECT_THAT(RateDivisorsWithin(std::vector{Cost(0.1), Cost(1.5)}, 0.005), ElementsAre(1, 4));
}

TEST(RateDivisorsWithin, SlowTheLowestPriorityFirst) {
  EXPECT_THAT(RateDivisorsWithin(std::vector{Cost(0.4), Cost(0.4, Priority::kOptional)}, 0.005),
              ElementsAre(1, 4));
}

TEST(RateDivisorsWithin, NeverSlowEssentialCollectors) {
  EXPECT_THAT(RateDivisorsWithin(std::vector{Cost(9, Priority::kEssential), Cost(0.2)}, 0.005),
              ElementsAre(1, 4));
}

TEST(RateDivisorsWithin, DoNotSlowCheapCollectors) {
  EXPECT_THAT(RateDivisorsWithin(std::vector{Cost(9, Priority::kEssential), Cost(0.04)}, 0.005),
              ElementsAre(1, 1));
}

TEST(RateDivisorsWithin, AreAtMostSixteen) {
  EXPECT_THAT(RateDivisorsWithin(std::vector{Cost(90)}, 0.005), ElementsAre(16));
}

TEST(RateDivisorsWithin, DecreaseOnlyIfAFifthOfTheBudgetStaysFree) {
  EXPECT_THAT(RateDivisorsWithin(std::vector{Cost(0.45, Priority::kOrdinary, 2)}, 0.005),
              ElementsAre(2));
  EXPECT_THAT(RateDivisorsWithin(std::vector{Cost(0.45, Priority::kOrdinary, 1)}, 0.005),
              ElementsAre(1));
  EXPECT_THAT(RateDivisorsWithin(std::vector{Cost(0.39, Priority::kOrdinary, 16)}, 0.005),
              ElementsAre(1));
}

TEST(RateDivisorsWithin, AreOneWithoutABudget) {
  EXPECT_THAT(RateDivisorsWithin(std::vector{Cost(90, Priority::kOrdinary, 4)}, 0), ElementsAre(1));
}

TEST(CostShare, DividesTheCostOfASlowedCollector) {
  EXPECT_DOUBLE_EQ(CostShare(std::vector{Cost(1), Cost(8, Priority::kOptional, 4)}), 0.03);
}

TEST(RateDivisorTable, IsOneUntilItIsSet) {
  RateDivisorTable rate_divisor;
  EXPECT_EQ(rate_divisor.Of(&kFirstCollector), 1);
  rate_divisor.Set(&kFirstCollector, 4);
  EXPECT_EQ(rate_divisor.Of(&kFirstCollector), 4);
}

}  // namespace
}  // namespace hakem::exporter

#include "exporter/scrape/circuit_breaker.h"

#include <gtest/gtest.h>

namespace hakem::exporter {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

class CircuitBreakerTest : public testing::Test {
 protected:
  void FailTimes(int times) {
    for (int i = 0; i < times; ++i) {
      breaker_.Failed(now_);
    }
  }

  /// How many rounds of 5 s pass until it allows a try.
  int RoundsUntilAllowed() {
    int rounds = 1;
    for (now_ += seconds(5); !breaker_.Allows(now_); now_ += seconds(5)) {
      ++rounds;
    }
    return rounds;
  }

  CircuitBreaker breaker_{seconds(5)};
  SteadyTime now_ = SteadyTime{} + seconds(100);
};

TEST_F(CircuitBreakerTest, StaysClosedForTwoFailures) {
  FailTimes(2);
  EXPECT_FALSE(breaker_.open());
  EXPECT_TRUE(breaker_.Allows(now_));
}

TEST_F(CircuitBreakerTest, AllowsTriesLessAndLessOftenWhileTheyFail) {
  FailTimes(3);
  EXPECT_TRUE(breaker_.open());
  for (const int rounds : {2, 4, 8, 12, 12}) {
    EXPECT_EQ(RoundsUntilAllowed(), rounds);
    FailTimes(1);
  }
}

TEST_F(CircuitBreakerTest, ClosesWithTheFirstSuccess) {
  FailTimes(5);
  breaker_.Succeeded();
  EXPECT_FALSE(breaker_.open());
  FailTimes(2);
  EXPECT_TRUE(breaker_.Allows(now_));
}

TEST(CircuitBreaker, WaitsAtMostFiveMinutesIfThatIsMoreThanAnInterval) {
  CircuitBreaker slow{minutes(1)};
  CircuitBreaker very_slow{minutes(10)};
  const SteadyTime now = SteadyTime{} + minutes(100);
  for (int i = 0; i < 10; ++i) {
    slow.Failed(now);
    very_slow.Failed(now);
  }
  EXPECT_FALSE(slow.Allows(now + minutes(4)));
  EXPECT_TRUE(slow.Allows(now + minutes(5)));
  EXPECT_TRUE(very_slow.Allows(now + minutes(10)));
}

}  // namespace
}  // namespace hakem::exporter

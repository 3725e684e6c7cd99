#include "alertmanager/backoff.h"

#include <gtest/gtest.h>

namespace hakem::alertmanager {
namespace {

using std::chrono::milliseconds;

TEST(RetryDelay, StartsAtHalfASecondAndGrowsByHalf) {
  EXPECT_EQ(RetryDelay(1, 0.5), milliseconds(500));
  EXPECT_EQ(RetryDelay(2, 0.5), milliseconds(750));
  EXPECT_EQ(RetryDelay(3, 0.5), milliseconds(1125));
}

TEST(RetryDelay, IsRandomizedByHalf) {
  EXPECT_EQ(RetryDelay(1, 0), milliseconds(250));
  EXPECT_EQ(RetryDelay(1, 0.999), milliseconds(750));
}

TEST(RetryDelay, NeverExceedsAMinute) {
  EXPECT_EQ(RetryDelay(100, 0.5), milliseconds(60'000));
  EXPECT_EQ(RetryDelay(10'000, 0.999), milliseconds(60'000));
  EXPECT_EQ(RetryDelay(10'000, 0), milliseconds(30'000));
}

}  // namespace
}  // namespace hakem::alertmanager

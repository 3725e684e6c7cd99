#include "exporter/session/backoff.h"

#include <gtest/gtest.h>

namespace hakem::exporter {
namespace {

using std::chrono::milliseconds;

TEST(ReconnectDelay, DoublesUpToFourSeconds) {
  constexpr double kAlmostWhole = 0.999999;
  EXPECT_EQ(ReconnectDelay(1, kAlmostWhole), milliseconds(499));
  EXPECT_EQ(ReconnectDelay(2, kAlmostWhole), milliseconds(999));
  EXPECT_EQ(ReconnectDelay(3, kAlmostWhole), milliseconds(1999));
  EXPECT_EQ(ReconnectDelay(4, kAlmostWhole), milliseconds(3999));
  EXPECT_EQ(ReconnectDelay(1000, kAlmostWhole), milliseconds(3999));
}

TEST(ReconnectDelay, IsNeverLessThanHalf) {
  EXPECT_EQ(ReconnectDelay(1, 0), milliseconds(250));
  EXPECT_EQ(ReconnectDelay(4, 0), milliseconds(2000));
}

}  // namespace
}  // namespace hakem::exporter

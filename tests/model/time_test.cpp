#include "model/time.h"

#include <gtest/gtest.h>

namespace hakem {
namespace {

TEST(Rfc3339, IsInUtcAndOmitsZeroMilliseconds) {
  const Timestamp noon =
      std::chrono::sys_days(std::chrono::year(2026) / 11 / 22) + std::chrono::hours(12);
  EXPECT_EQ(FormatRfc3339(noon), "2026-11-22T12:00:00Z");
  EXPECT_EQ(FormatRfc3339(noon + Duration(5)), "2026-11-22T12:00:00.005Z");
}

TEST(Seconds, KeepTheirFraction) {
  EXPECT_EQ(ToUnixSeconds(Timestamp(Duration(1500))), 1.5);
  EXPECT_EQ(ToSeconds(std::chrono::microseconds(250)), 0.00025);
}

}  // namespace
}  // namespace hakem

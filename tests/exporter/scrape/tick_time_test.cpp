#include "exporter/scrape/tick_time.h"

#include <gtest/gtest.h>

namespace hakem::exporter {
namespace {

constexpr Timestamp kStart{std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)};
constexpr Duration kInterval = std::chrono::seconds(5);

Duration After(int ms) {
  return TickTime(kStart, kStart + Duration(ms), kInterval) - kStart;
}

TEST(TickTime, IsRoundedToAMultipleOfTheInterval) {
  EXPECT_EQ(After(5000), Duration(5000));
  EXPECT_EQ(After(5100), Duration(5000));
  EXPECT_EQ(After(4900), Duration(5000));
  EXPECT_EQ(After(15'020), Duration(15'000)) << "two ticks were missed";
}

TEST(TickTime, IsTheTrueTimeIfItIsFarOff) {
  EXPECT_EQ(After(5101), Duration(5101));
  EXPECT_EQ(After(4899), Duration(4899));
  EXPECT_EQ(After(40), Duration(40)) << "never that of the tick before";
  EXPECT_EQ(After(-3000), Duration(-3000)) << "the clock was set back";
  EXPECT_EQ(TickTime(std::nullopt, kStart, kInterval), kStart);
}

}  // namespace
}  // namespace hakem::exporter

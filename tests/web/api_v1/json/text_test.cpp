#include "web/api_v1/json/text.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace hakem::web {
namespace {

std::string Time(std::int64_t milliseconds) {
  std::string json;
  AppendPointTime(json, Timestamp(Duration(milliseconds)));
  return json;
}

TEST(PointTime, IsInSecondsWithMillisecondsUnlessTheyAreZero) {
  EXPECT_EQ(Time(1764001000000), "1764001000");
  EXPECT_EQ(Time(1764001000050), "1764001000.050");
  EXPECT_EQ(Time(-1500), "-1.500");
  EXPECT_EQ(Time(-1), "-0.001");
}

}  // namespace
}  // namespace hakem::web

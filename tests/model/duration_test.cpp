#include "model/duration.h"

#include <gtest/gtest.h>

#include "tests/support/matchers.h"

namespace hakem {
namespace {

TEST(Duration, ParsesPrometheusUnits) {
  EXPECT_THAT(ParseDuration("0"), IsOkAndHolds(Duration(0)));
  EXPECT_THAT(ParseDuration("250ms"), IsOkAndHolds(Duration(250)));
  EXPECT_THAT(ParseDuration("1h30m"), IsOkAndHolds(std::chrono::minutes(90)));
  EXPECT_THAT(ParseDuration("1y1w1d"), IsOkAndHolds(std::chrono::hours((365 + 7 + 1) * 24)));
}

TEST(Duration, RejectsWhatPrometheusRejects) {
  for (const char* text :
       {"", "5", "s", "-5s", "1m1h", "1m1m", "1.5h", "5 s", "1x", "1ms1s", "99999999999y"}) {
    EXPECT_THAT(ParseDuration(text), HasCode(ErrorCode::kInvalidInput)) << text;
  }
}

TEST(Duration, FormatsATextThatParsesBack) {
  for (const char* text : {"0s", "250ms", "5s", "1m30s", "1h30m", "2d", "1w", "1y", "15d"}) {
    EXPECT_EQ(FormatDuration(*ParseDuration(text)), text);
  }
  EXPECT_EQ(FormatDuration(std::chrono::minutes(-5)), "-5m");
}

}  // namespace
}  // namespace hakem

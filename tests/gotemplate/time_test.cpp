#include "gotemplate/values/time.h"

#include <gtest/gtest.h>

#include <limits>

namespace hakem::gotemplate {
namespace {

constexpr Time kMoment{.seconds = 1435065584, .nanoseconds = 123'456'789};

TEST(Time, FormatsByALayoutOfTheReferenceTime) {
  EXPECT_EQ(FormatTime(kMoment, "Mon Jan _2 15:04:05 MST 2006"), "Tue Jun 23 13:19:44 UTC 2015");
  EXPECT_EQ(FormatTime(kMoment, "Monday, 02-January-06 03:04PM 3:4:5pm"),
            "Tuesday, 23-June-15 01:19PM 1:19:44pm");
  EXPECT_EQ(FormatTime(kMoment, "2006-01-02T15:04:05.000000Z07:00"), "2015-06-23T13:19:44.123456Z");
  EXPECT_EQ(FormatTime(kMoment, "1/2 002 __2 .9999 ,00 Money Janet"),
            "6/23 174 174 .1234 ,12 Money Janet");
}

TEST(Time, FormatsTheOffsetAndTheNameOfAZone) {
  const Zone tehran{.name = "+0330", .offset_seconds = 12'600};
  const Time there{.seconds = 1435065584, .zone = &tehran};
  EXPECT_EQ(PrintTime(there), "2015-06-23 16:49:44 +0330 +0330");
  EXPECT_EQ(FormatTime(there, "-07:00 Z0700 -07 Z07:00:00 -070000"),
            "+03:30 +0330 +03 +03:30:00 +033000");
  const Zone west{.name = "", .offset_seconds = -18'000};
  EXPECT_EQ(FormatTime({.seconds = 0, .zone = &west}, "15:04 -0700 MST"), "19:00 -0500 -05");
}

TEST(Time, PrintsAnyYear) {
  EXPECT_EQ(PrintTime(kZeroTime), "0001-01-01 00:00:00 +0000 UTC");
  EXPECT_EQ(PrintTime({.seconds = 951'782'400}), "2000-02-29 00:00:00 +0000 UTC");
  EXPECT_EQ(PrintTime({.seconds = -1}), "1969-12-31 23:59:59 +0000 UTC");
  EXPECT_EQ(PrintTime({.seconds = 253'402'300'800}), "10000-01-01 00:00:00 +0000 UTC");
  EXPECT_EQ(ToCivil({.seconds = 1'735'603'200}).year_day, 366);
}

TEST(Time, TurnsMillisecondsBefore1970IntoNanoseconds) {
  const Time time = Time::From(Timestamp(std::chrono::milliseconds(-1)));
  EXPECT_EQ(time.seconds, -1);
  EXPECT_EQ(time.nanoseconds, 999'000'000);
}

TEST(Duration, IsPrintedInTheLargestUnitsThatFit) {
  EXPECT_EQ(PrintDuration(0), "0s");
  EXPECT_EQ(PrintDuration(999), "999ns");
  EXPECT_EQ(PrintDuration(1'500), "1.5µs");
  EXPECT_EQ(PrintDuration(1'100'000), "1.1ms");
  EXPECT_EQ(PrintDuration(2'000'000'000), "2s");
  EXPECT_EQ(PrintDuration(-3'661'500'000'000), "-1h1m1.5s");
  EXPECT_EQ(PrintDuration(std::numeric_limits<std::int64_t>::min()), "-2562047h47m16.854775808s");
}

}  // namespace
}  // namespace hakem::gotemplate

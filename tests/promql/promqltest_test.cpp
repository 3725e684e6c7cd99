// Tests of the test runner itself: what it accepts, and that wrong results fail.

#include <gtest/gtest.h>

#include <string>

#include "tests/promqltest/runner.h"

namespace hakem::promqltest {
namespace {

/// Returns a script's reports as lines of `line verdict: why`.
std::string Reports(std::string_view script) {
  std::string reports;
  const auto tally =
      RunScript(script, [&](int line, std::string_view verdict, std::string_view why) {
        reports +=
            std::to_string(line) + " " + std::string(verdict) + ": " + std::string(why) + "\n";
      });
  return tally ? reports : tally.error().message;
}

TEST(Runner, ReportsAWrongValueWithItsLine) {
  EXPECT_EQ(Reports("load 1m\n x 1\n\neval instant at 0 x\n x 2\n"),
            "4 failed: x: {__name__=\"x\"}: expected 2, got 1\n");
}

TEST(Runner, ReportsAMissingError) {
  EXPECT_EQ(Reports("eval instant at 0 1\n expect fail\n"), "1 failed: 1: expected an error\n");
}

TEST(Runner, EnablesExperimentalFeatures) {
  EXPECT_EQ(Reports("eval instant at 0 step()\n 0\n"), "");
}

TEST(Runner, SkipsCasesThatExpectANativeHistogram) {
  EXPECT_EQ(Reports("load 1m\n x {{sum:1}}\n\neval instant at 0 x\n x {{sum:1}}\n"),
            "4 skipped: expects a native histogram\n");
}

TEST(Runner, RejectsAnUnknownCommand) {
  EXPECT_EQ(Reports("load 1m\n\nevil\n"), "line 3: unknown command \"evil\"");
}

}  // namespace
}  // namespace hakem::promqltest

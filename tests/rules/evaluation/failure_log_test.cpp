#include "rules/evaluation/failure_log.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace hakem::rules {
namespace {

using std::chrono::seconds;
using Line = FailureLog::Line;

SteadyTime At(int second) {
  return SteadyTime(seconds(second));
}

TEST(FailureLog, LogsWhenARuleBeginsToFailAndWhenItWorksAgain) {
  FailureLog log;
  EXPECT_EQ(log.Add("", At(0)), Line::kNone);
  EXPECT_EQ(log.Add("bad", At(1)), Line::kFails);
  EXPECT_EQ(log.Add("bad", At(2)), Line::kNone);
  EXPECT_EQ(log.Add("bad", At(1000)), Line::kNone) << "the log has it";
  EXPECT_EQ(log.Add("", At(1001)), Line::kWorksAgain);
  EXPECT_EQ(log.Add("", At(1002)), Line::kNone);
}

TEST(FailureLog, LogsAnErrorThatChangesAllTheTimeOnceAMinute) {
  FailureLog log;
  int lines = 0;
  for (int second = 0; second < 600; ++second) {
    lines += log.Add(fmt::format("exceeded limit of 100 with {} alerts", second), At(second)) ==
                     Line::kFails
                 ? 1
                 : 0;
  }
  EXPECT_EQ(lines, 10);
}

TEST(FailureLog, LogsARuleThatFailsNowAndThenOnceAMinute) {
  FailureLog log;
  int lines = 0;
  for (int second = 0; second < 600; ++second) {
    lines += log.Add(second % 2 == 0 ? "bad" : "", At(second)) == Line::kNone ? 0 : 1;
  }
  EXPECT_EQ(lines, 20) << "with the lines that it works again";
}

}  // namespace
}  // namespace hakem::rules

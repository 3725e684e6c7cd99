#include "rules/evaluation/evaluation_log.h"

#include <gmock/gmock.h>

#include <string>
#include <utility>

namespace hakem::rules {
namespace {

using std::chrono::seconds;
using testing::IsEmpty;

constexpr Timestamp kStart{std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)};

RuleEvaluation At(int second, std::string error = "") {
  return {.time = kStart + seconds(second),
          .duration = Seconds(0.5),
          .series_read = 3,
          .series_returned = 1,
          .error = std::move(error)};
}

TEST(EvaluationLog, IsEmptyBeforeTheFirstEvaluation) {
  EXPECT_THAT(EvaluationLog().List(), IsEmpty());
}

TEST(EvaluationLog, ListsTheNewestEvaluationFirst) {
  EvaluationLog log;
  log.Add(At(0, "failed"));
  log.Add(At(5));
  const auto list = log.List();
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[0].time, kStart + seconds(5));
  EXPECT_EQ(list[0].error, "");
  EXPECT_EQ(list[0].series_read, 3U);
  EXPECT_EQ(list[0].series_returned, 1U);
  EXPECT_EQ(list[0].duration, Seconds(0.5));
  EXPECT_EQ(list[1].error, "failed");
}

TEST(EvaluationLog, KeepsTheLastTwenty) {
  EvaluationLog log;
  for (int second = 0; second < 47; ++second) {
    log.Add(At(second));
  }
  const auto list = log.List();
  ASSERT_EQ(list.size(), 20U);
  for (int age = 0; age < 20; ++age) {
    EXPECT_EQ(list[static_cast<std::size_t>(age)].time, kStart + seconds(46 - age));
  }
}

TEST(EvaluationLog, CutsLongErrors) {
  EvaluationLog log;
  log.Add(At(0, std::string(1'000'000, 'x')));
  EXPECT_EQ(log.List().front().error, std::string(EvaluationLog::kLongestError, 'x') + "…");
}

TEST(EvaluationLog, MovesItsTimesWithTheClock) {
  EvaluationLog log;
  log.Add(At(0));
  log.MoveTimes(seconds(3600));
  EXPECT_EQ(log.List().front().time, kStart + seconds(3600));
}

}  // namespace
}  // namespace hakem::rules

#include "promql/evaluation/step_row.h"

#include <gmock/gmock.h>

#include <utility>
#include <vector>

namespace hakem::promql {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<double> ValuesOf(const StepRow& row) {
  return {row.begin(), row.end()};
}

TEST(StepRow, HasOneValueForEachStep) {
  EXPECT_THAT(ValuesOf(StepRow()), IsEmpty());
  EXPECT_THAT(ValuesOf(StepRow(1, 7)), ElementsAre(7));
  EXPECT_THAT(ValuesOf(StepRow(3, 7)), ElementsAre(7, 7, 7));
  EXPECT_THAT(ValuesOf(StepRow(std::vector<double>{1, 2})), ElementsAre(1, 2));
}

TEST(StepRow, CopiesDoNotShareValues) {
  for (const std::size_t steps : {1U, 3U}) {
    const StepRow row(steps, 7);
    StepRow copy = row;
    copy[steps - 1] = 8;
    EXPECT_EQ(row[steps - 1], 7);
    EXPECT_EQ(copy[steps - 1], 8);
  }
}

TEST(StepRow, IsEmptyWhenMovedFrom) {
  for (const std::size_t steps : {1U, 3U}) {
    StepRow row(steps, 7);
    const StepRow moved = std::move(row);
    EXPECT_EQ(moved.size(), steps);
    EXPECT_EQ(moved[steps - 1], 7);
    // NOLINTNEXTLINE(bugprone-use-after-move): the subject.
    EXPECT_THAT(ValuesOf(row), IsEmpty());
    row = StepRow(2, 9);
    EXPECT_THAT(ValuesOf(row), ElementsAre(9, 9));
  }
}

}  // namespace
}  // namespace hakem::promql

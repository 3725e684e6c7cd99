#include "web/gateway/descriptor_limit.h"

#include <gtest/gtest.h>

namespace hakem::web {
namespace {

TEST(PlanDescriptors, KeepsDescriptorsForTheRestOfTheProcess) {
  for (const std::size_t limit : {64U, 128U, 256U, 512U, 1024U, 4096U, 32768U}) {
    const DescriptorPlan plan = PlanDescriptors(limit);
    EXPECT_LE(plan.connections + 3 * plan.workers, limit - 32) << limit;
    EXPECT_GE(plan.connections, 8U) << limit;
    EXPECT_GE(plan.workers, 4U) << limit;
  }
  EXPECT_EQ(PlanDescriptors(1024).workers, 64U);
  EXPECT_GE(PlanDescriptors(1024).connections, 700U);
  EXPECT_GE(PlanDescriptors(32768).connections, 30000U);
}

}  // namespace
}  // namespace hakem::web

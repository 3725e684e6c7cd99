#include "exporter/own_metrics/process_metrics.h"

#include <gtest/gtest.h>

#include <map>

#include "model/clock.h"

namespace hakem::exporter {
namespace {

TEST(ProcessMetrics, DescribeThisProcess) {
  std::map<std::string, double> values;
  for (const MetricFamily& family : ProcessMetrics()) {
    values[family.name] = family.samples.at(0).value;
  }
  ASSERT_EQ(values.size(), 6U);
  EXPECT_GT(values["process_resident_memory_bytes"], 1 << 20);
  EXPECT_GT(values["process_virtual_memory_bytes"], values["process_resident_memory_bytes"]);
  EXPECT_GE(values["process_open_fds"], 3);
  EXPECT_GT(values["process_max_fds"], values["process_open_fds"]);
  const double now = ToUnixSeconds(SystemClock().Now());
  EXPECT_NEAR(values["process_start_time_seconds"], now, 600);
}

}  // namespace
}  // namespace hakem::exporter

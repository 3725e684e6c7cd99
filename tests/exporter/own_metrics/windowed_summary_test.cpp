#include "exporter/own_metrics/windowed_summary.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <random>
#include <vector>

namespace hakem::exporter {
namespace {

using std::chrono::minutes;

const std::vector<SummaryQuantile> kQuantiles{
    {0.01, 0.001}, {0.05, 0.005}, {0.5, 0.05}, {0.9, 0.01}, {0.99, 0.001}};

/// By how much the share of values up to the estimate differs from the quantile. Requires: `sorted`
/// has the estimate.
double ErrorOf(double quantile, double estimate, const std::vector<double>& sorted) {
  const auto [first, last] = std::equal_range(sorted.begin(), sorted.end(), estimate);
  EXPECT_NE(first, last) << estimate << " is none of the values";
  const auto count = static_cast<double>(sorted.size());
  const double lowest = static_cast<double>(first - sorted.begin()) / count;
  const double highest = static_cast<double>(last - sorted.begin()) / count;
  return std::max({lowest - quantile, quantile - highest, 0.0});
}

TEST(StreamQuantiles, AreAsExactAsTheirErrorsSay) {
  std::mt19937 random(7);  // NOLINT(cert-msc51-cpp): the same on every run.
  std::exponential_distribution<double> value(3);
  for (const std::size_t batch : {1U, 46U, 10'000U}) {
    StreamQuantiles quantiles(kQuantiles);
    std::vector<double> all;
    while (all.size() < 50'000) {
      std::vector<double> values(batch);
      std::generate(values.begin(), values.end(),
                    [&] { return std::round(value(random) * 1e4) / 1e4; });
      all.insert(all.end(), values.begin(), values.end());
      std::sort(values.begin(), values.end());
      quantiles.Add(values);
    }
    std::sort(all.begin(), all.end());
    for (const auto& [quantile, error] : kQuantiles) {
      EXPECT_LE(ErrorOf(quantile, quantiles.Estimate(quantile), all), error)
          << quantile << " in batches of " << batch;
    }
    EXPECT_LT(quantiles.size(), 2000U) << "in batches of " << batch;
  }
}

TEST(StreamQuantiles, AreExactForFewValues) {
  StreamQuantiles quantiles(kQuantiles);
  EXPECT_TRUE(std::isnan(quantiles.Estimate(0.5)));
  quantiles.Add(std::vector<double>{4});
  EXPECT_EQ(quantiles.Estimate(0.01), 4);
  EXPECT_EQ(quantiles.Estimate(0.99), 4);
  quantiles.Add(std::vector<double>{1, 9});
  EXPECT_EQ(quantiles.Estimate(0.01), 1);
  EXPECT_EQ(quantiles.Estimate(0.5), 4);
  EXPECT_EQ(quantiles.Estimate(0.99), 9);
}

TEST(WindowedSummary, ForgetsQuantilesAndKeepsTheSum) {
  WindowedSummary summary(kQuantiles);
  const SteadyTime start{};
  summary.Observe(std::vector<double>{8}, start);
  for (int minute = 1; minute <= 9; ++minute) {
    summary.Observe(std::vector<double>{1}, start + minutes(minute));
  }
  EXPECT_EQ(summary.Estimate(0.99, start + minutes(10)), 8);
  EXPECT_EQ(summary.Estimate(0.99, start + minutes(11)), 1) << "8 is more than ten minutes old";
  EXPECT_TRUE(std::isnan(summary.Estimate(0.99, start + minutes(30))));
  summary.Observe(std::vector<double>{5}, start + minutes(30));
  EXPECT_EQ(summary.Estimate(0.01, start + minutes(30)), 5);
  EXPECT_EQ(summary.sum(), 22);
  EXPECT_EQ(summary.count(), 11U);
}

}  // namespace
}  // namespace hakem::exporter

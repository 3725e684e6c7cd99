#include "promql/evaluation/functions/classic_histogram.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace hakem::promql {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

const std::vector<Bucket> kBuckets{{1, 2}, {2, 6}, {4, 8}, {kInfinity, 10}};

TEST(ClassicHistogram, InterpolatesWithinTheBucket) {
  EXPECT_DOUBLE_EQ(QuantileOf(0.4, kBuckets).value, 1.5);
  EXPECT_DOUBLE_EQ(QuantileOf(0.1, kBuckets).value, 0.5);
}

TEST(ClassicHistogram, GivesTheHighestFiniteBoundAboveIt) {
  EXPECT_EQ(QuantileOf(0.95, kBuckets).value, 4);
}

TEST(ClassicHistogram, HasNoQuantileWithoutAnInfiniteBucket) {
  EXPECT_TRUE(std::isnan(QuantileOf(0.5, {{1, 2}, {2, 6}}).value));
}

TEST(ClassicHistogram, HasNoQuantileWithoutObservations) {
  EXPECT_TRUE(std::isnan(QuantileOf(0.5, {{1, 0}, {kInfinity, 0}}).value));
}

TEST(ClassicHistogram, ReportsThatCountsHadToBeRaised) {
  EXPECT_TRUE(QuantileOf(0.5, {{1, 5}, {2, 3}, {kInfinity, 9}}).repaired);
  EXPECT_FALSE(QuantileOf(0.5, {{1, 3}, {2, 3 - 1e-13}, {kInfinity, 9}}).repaired);
}

TEST(ClassicHistogram, AddsUpBucketsOfOneBound) {
  EXPECT_DOUBLE_EQ(QuantileOf(0.5, {{1, 1}, {1, 3}, {kInfinity, 8}}).value, 1);
}

TEST(ClassicHistogram, ReturnsTheShareBetweenTwoValues) {
  EXPECT_DOUBLE_EQ(FractionOf(1, 2, kBuckets), 0.4);
  EXPECT_DOUBLE_EQ(FractionOf(-kInfinity, 3, kBuckets), 0.7);
  EXPECT_DOUBLE_EQ(FractionOf(4, kInfinity, kBuckets), 0.2);
  EXPECT_EQ(FractionOf(2, 1, kBuckets), 0);
}

}  // namespace
}  // namespace hakem::promql

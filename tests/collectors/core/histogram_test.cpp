#include "collectors/core/histogram.h"

#include <gmock/gmock.h>

namespace hakem::collectors {
namespace {

using testing::ElementsAre;

TEST(Histogram, CountsAValueOnABoundInItsBucket) {
  Histogram histogram({1, 2.5, 10});
  histogram.Observe(1);
  histogram.Observe(2.6);
  histogram.Observe(11);
  EXPECT_THAT(histogram.value().bounds, ElementsAre(1, 2.5, 10));
  EXPECT_THAT(histogram.value().at_most, ElementsAre(1, 1, 2));
  EXPECT_EQ(histogram.value().count, 3);
  EXPECT_DOUBLE_EQ(histogram.value().sum, 14.6);
}

TEST(Histogram, AddsObservationsThatWereCountedElsewhere) {
  Histogram histogram({1, 2});
  histogram.Observe(0.5);
  const std::vector<double> at_most{2, 5};
  histogram.Add(at_most, 6, 20);
  EXPECT_THAT(histogram.value().at_most, ElementsAre(3, 6));
  EXPECT_EQ(histogram.value().count, 7);
  EXPECT_DOUBLE_EQ(histogram.value().sum, 20.5);
}

}  // namespace
}  // namespace hakem::collectors

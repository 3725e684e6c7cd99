#include "promql/syntax/features.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/matchers.h"

namespace hakem::promql {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Features, AreParsedFromListsOfNames) {
  const auto features = FeaturesNamed(std::vector<std::string>{
      "promql-duration-expr,promql-delayed-name-removal", "promql-experimental-functions"});
  ASSERT_THAT(features, IsOk());
  EXPECT_TRUE(features->Has(Feature::kDurationExpressions));
  EXPECT_FALSE(features->Has(Feature::kFillModifiers));
  EXPECT_THAT(Names(*features), ElementsAre("promql-experimental-functions", "promql-duration-expr",
                                            "promql-delayed-name-removal"));
}

TEST(Features, AreOffByDefault) {
  EXPECT_THAT(Names(Features()), IsEmpty());
  EXPECT_THAT(FeaturesNamed({}), IsOkAndHolds(Features()));
}

TEST(Features, AllIncludesEveryFeature) {
  EXPECT_THAT(FeaturesNamed(Names(Features::All())), IsOkAndHolds(Features::All()));
}

TEST(Features, AreReportedWithTheNearestNameWhenUnknown) {
  EXPECT_THAT(FeaturesNamed(std::vector<std::string>{"promql-duration-exp"}),
              HasMessage("unknown feature \"promql-duration-exp\", did you mean "
                         "\"promql-duration-expr\"?"));
  EXPECT_THAT(FeaturesNamed(std::vector<std::string>{"promql-duration-expr,"}),
              HasMessage("unknown feature \"\""));
}

}  // namespace
}  // namespace hakem::promql

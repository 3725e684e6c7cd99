#include "cli/query/query_request.h"

#include <gmock/gmock.h>

#include "tests/support/matchers.h"

namespace hakem::cli {
namespace {

constexpr Timestamp kNow{std::chrono::seconds(10'000)};

std::string FormOf(const QueryTimes& times, const std::string& expr = "up") {
  const auto request = MakeQueryRequest(expr, times, kNow);
  return request ? request->form : request.error().message;
}

TEST(QueryRequestTest, AsksForNowByDefault) {
  EXPECT_EQ(FormOf({}), "query=up&time=10000.000");
  EXPECT_EQ(MakeQueryRequest("up", {}, kNow)->range, std::nullopt);
}

TEST(QueryRequestTest, EncodesTheExpression) {
  EXPECT_EQ(FormOf({.time = "5"}, "a{b=\"ü\"}+1"), "query=a%7Bb%3D%22%C3%BC%22%7D%2B1&time=5.000");
}

TEST(QueryRequestTest, DividesARangeIntoAbout200Steps) {
  EXPECT_EQ(FormOf({.range = std::chrono::hours(1)}),
            "query=up&start=6400.000&end=10000.000&step=18.000");
  EXPECT_EQ(FormOf({.range = std::chrono::seconds(10)}),
            "query=up&start=9990.000&end=10000.000&step=1.000");
}

TEST(QueryRequestTest, EndsTheRangeAtTheGivenTime) {
  const auto request = MakeQueryRequest("up",
                                        {.time = "1970-01-01T00:10:00Z",
                                         .range = std::chrono::minutes(5),
                                         .step = std::chrono::seconds(30)},
                                        kNow);
  ASSERT_THAT(request, IsOk());
  EXPECT_EQ(request->form, "query=up&start=300.000&end=600.000&step=30.000");
  EXPECT_EQ(request->range->step, std::chrono::seconds(30));
}

TEST(QueryRequestTest, AsksForTheLastHourWhereARangeIsNeeded) {
  EXPECT_EQ(FormOf({.needs_range = true}), "query=up&start=6400.000&end=10000.000&step=18.000");
}

TEST(QueryRequestTest, RefusesATimeThatIsNone) {
  EXPECT_THAT(MakeQueryRequest("up", {.time = "soon"}, kNow), HasCode(ErrorCode::kInvalidInput));
  EXPECT_THAT(FormOf({.time = "soon"}), testing::StartsWith("--time: "));
}

}  // namespace
}  // namespace hakem::cli

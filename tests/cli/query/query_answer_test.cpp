#include "cli/query/query_answer.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cmath>

#include "tests/support/matchers.h"

namespace hakem::cli {
namespace {

TEST(QueryAnswer, ReadsEachTypeOfValue) {
  const auto vector = ReadQueryAnswer(
      R"({"status":"success","data":{"resultType":"vector","result":[)"
      R"({"metric":{"__name__":"up","job":"a"},"value":[5.25,"+Inf"]}]},"warnings":["w"],)"
      R"("infos":["i"]})");
  ASSERT_THAT(vector, IsOk());
  const auto& element = std::get<promql::Vector>(vector->value).at(0);
  EXPECT_EQ(element.labels, (Labels{{"__name__", "up"}, {"job", "a"}}));
  EXPECT_EQ(element.time, Timestamp(Duration(5250)));
  EXPECT_TRUE(std::isinf(element.value));
  EXPECT_THAT(vector->warnings, testing::ElementsAre("w"));
  EXPECT_THAT(vector->infos, testing::ElementsAre("i"));

  const auto matrix =
      ReadQueryAnswer(R"({"status":"success","data":{"resultType":"matrix","result":[)"
                      R"({"metric":{},"values":[[1,"1e-07"],[2,"NaN"]]}]}})");
  const auto& points = std::get<promql::Matrix>(matrix->value).at(0).points;
  EXPECT_EQ(points.at(0).value, 1e-7);
  EXPECT_TRUE(std::isnan(points.at(1).value));

  const auto scalar =
      ReadQueryAnswer(R"({"status":"success","data":{"resultType":"scalar","result":[1,"2"]}})");
  EXPECT_EQ(std::get<promql::Scalar>(scalar->value).value, 2);
  const auto text =
      ReadQueryAnswer(R"({"status":"success","data":{"resultType":"string","result":[1,"2"]}})");
  EXPECT_EQ(std::get<promql::Text>(text->value).value, "2");
}

TEST(QueryAnswer, MapsTheServersErrorTypesToErrorCodes) {
  const auto code = [](std::string_view type) {
    const auto answer =
        ReadQueryAnswer(fmt::format(R"({{"status":"error","errorType":"{}","error":"x"}})", type));
    EXPECT_THAT(answer, HasMessage("x"));
    return answer.error().code;
  };
  EXPECT_EQ(code("bad_data"), ErrorCode::kInvalidInput);
  EXPECT_EQ(code("execution"), ErrorCode::kInternal);
  EXPECT_EQ(code("timeout"), ErrorCode::kTimeout);
  EXPECT_EQ(code("unavailable"), ErrorCode::kUnavailable);
}

TEST(QueryAnswer, RefusesAnotherAnswer) {
  for (const char* body : {"", "<html>", "{}", R"({"status":"success"})", "[1]",
                           R"({"status":"success","data":{"resultType":"vector","result":[1]}})"}) {
    EXPECT_THAT(ReadQueryAnswer(body), HasCode(ErrorCode::kUnavailable)) << body;
  }
}

}  // namespace
}  // namespace hakem::cli

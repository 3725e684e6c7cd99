#include "web/api_v1/series/series.h"

#include <gmock/gmock.h>

#include "tests/web/api_v1/api_fixture.h"

namespace hakem::web {
namespace {

class SeriesApi : public ApiFixture {};

TEST_F(SeriesApi, ListsEachSeriesOnceThatAnySelectorFinds) {
  EXPECT_EQ(Body("/api/v1/series", "match[]=up&match[]={job=\"a\"}"),
            R"({"status":"success","data":[{"__name__":"moves_total","job":"a"},)"
            R"({"__name__":"up","job":"a"},{"__name__":"up","job":"b"}]})");
}

TEST_F(SeriesApi, ListsSeriesThatMayHaveSamplesInTheTimeSpan) {
  EXPECT_EQ(Body("/api/v1/series", "match[]={job=\"a\"}&start=1767225591&end=1767225600"),
            R"({"status":"success","data":[{"__name__":"moves_total","job":"a"}]})");
  EXPECT_EQ(Body("/api/v1/series", "match[]={job=\"a\"}&start=1767225590&end=1767225590"),
            R"({"status":"success","data":[{"__name__":"moves_total","job":"a"},)"
            R"({"__name__":"up","job":"a"}]})");
  EXPECT_EQ(Body("/api/v1/series", "match[]=up&start=1&end=2"),
            R"({"status":"success","data":[]})");
}

TEST_F(SeriesApi, ListsNothingWhenTheEndIsBeforeTheStart) {
  constexpr const char* kNothing = R"({"status":"success","data":[]})";
  EXPECT_EQ(Body("/api/v1/series", "match[]=up&start=1767225600&end=1767225500"), kNothing);
  EXPECT_EQ(Body("/api/v1/labels", "start=1767225600&end=1767225500"), kNothing);
  EXPECT_EQ(Body("/api/v1/labels", "match[]=up&start=1767225600&end=1767225500"), kNothing);
  EXPECT_EQ(Body("/api/v1/label/job/values", "start=1767225600&end=1767225500"), kNothing);
}

TEST_F(SeriesApi, ListsNamesAndValuesOfLabels) {
  EXPECT_EQ(Body("/api/v1/labels"), R"({"status":"success","data":["__name__","job"]})");
  EXPECT_EQ(Body("/api/v1/label/job/values"), R"({"status":"success","data":["a","b"]})");
  EXPECT_EQ(Body("/api/v1/label/U__job/values", "match[]=moves_total"),
            R"({"status":"success","data":["a"]})");
  EXPECT_EQ(Body("/api/v1/label/nope/values"), R"({"status":"success","data":[]})");
}

TEST_F(SeriesApi, WarnsWhenTheLimitCutsOffResults) {
  constexpr const char* kWarning = R"("warnings":["results truncated due to limit"]})";
  EXPECT_EQ(Body("/api/v1/labels", "limit=1"),
            std::string(R"({"status":"success","data":["__name__"],)") + kWarning);
  EXPECT_EQ(Body("/api/v1/label/job/values", "limit=1"),
            std::string(R"({"status":"success","data":["a"],)") + kWarning);
  EXPECT_EQ(Body("/api/v1/series", "match[]=up&limit=1"),
            std::string(R"({"status":"success","data":[{"__name__":"up","job":"a"}],)") + kWarning);
}

TEST_F(SeriesApi, RefusesBadParametersInPrometheusWords) {
  EXPECT_EQ(BadRequest("/api/v1/series"), "no match[] parameter provided");
  EXPECT_EQ(
      BadRequest("/api/v1/series", "match[]={a=~\".*\"}"),
      R"(invalid parameter \"match[]\": match[] must contain at least one non-empty matcher)");
  EXPECT_EQ(BadRequest("/api/v1/labels", "match[]=up["), R"(1:3: parse error: unexpected \"[\")");
  EXPECT_EQ(BadRequest("/api/v1/labels", "start=x"),
            R"(invalid parameter \"start\": invalid time value for 'start': cannot parse \"x\" to )"
            R"(a valid timestamp)");
  EXPECT_EQ(BadRequest("/api/v1/label/U__/values"), R"(invalid label name: \"\")");
}

}  // namespace
}  // namespace hakem::web

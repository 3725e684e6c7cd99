#include "web/api_v1/query/query_handler.h"

#include <gmock/gmock.h>

#include "tests/web/api_v1/api_fixture.h"

namespace hakem::web {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::MatchesRegex;

constexpr const char* kInstant = "/api/v1/query";
constexpr const char* kRange = "/api/v1/query_range";

class QueryApi : public ApiFixture {};

/// A clock that advances by a second whenever it is read.
class HurryingClock final : public Clock {
 public:
  Timestamp Now() const override { return {}; }

  SteadyTime SteadyNow() const override { return SteadyTime(std::chrono::seconds(++looks_)); }

  bool SleepUntil(SteadyTime, const std::stop_token&) const override { return true; }

 private:
  mutable int looks_ = 0;
};

TEST_F(QueryApi, AnswersEachTypeOfValue) {
  EXPECT_EQ(Body(kInstant, "query=up"),
            R"({"status":"success","data":{"resultType":"vector","result":[)"
            R"({"metric":{"__name__":"up","job":"a"},"value":[1767225600,"1"]},)"
            R"({"metric":{"__name__":"up","job":"b"},"value":[1767225600,"0"]}]}})");
  EXPECT_EQ(Body(kInstant, "query=moves_total[45s]&time=1767225600.5"),
            R"({"status":"success","data":{"resultType":"matrix","result":[)"
            R"({"metric":{"__name__":"moves_total","job":"a"},)"
            R"("values":[[1767225570,"40"],[1767225600,"70.5"]]}]}})");
  EXPECT_EQ(Body(kInstant, "query=1e21&time=5.5"),
            R"({"status":"success","data":{"resultType":"scalar",)"
            R"("result":[5.5,"1000000000000000000000"]}})");
  EXPECT_EQ(Body(kInstant, "query='x'&time=5"),
            R"({"status":"success","data":{"resultType":"string","result":[5,"x"]}})");
  EXPECT_EQ(Body(kInstant, "query=nothing"),
            R"({"status":"success","data":{"resultType":"vector","result":[]}})");
}

TEST_F(QueryApi, EvaluatesOverARange) {
  EXPECT_EQ(Body(kRange, "query=sum(moves_total)&start=1767225570&end=1767225600&step=15"),
            R"({"status":"success","data":{"resultType":"matrix","result":[{"metric":{},)"
            R"("values":[[1767225570,"40"],[1767225585,"40"],[1767225600,"70.5"]]}]}})");
}

TEST_F(QueryApi, AcceptsForms) {
  const Response response =
      router_->Handle({.method = "POST",
                       .path = kInstant,
                       .headers = {{"Content-Type", "application/x-www-form-urlencoded"}},
                       .body = "query=1%2B1&time=1"});
  EXPECT_EQ(*response.body,
            R"({"status":"success","data":{"resultType":"scalar","result":[1,"2"]}})");
}

TEST_F(QueryApi, ParsesTimesInRfc3339) {
  EXPECT_THAT(Body(kInstant, "query=1&time=2026-01-01T03:30:00.25%2B03:30"),
              HasSubstr("[1767225600.25,"));
  EXPECT_THAT(Body(kInstant, "query=1&time=2025-12-31T19:00:00-05:00"), HasSubstr("[1767225600,"));
  EXPECT_THAT(Body(kInstant, "query=1&time=1.0006"), HasSubstr("[1.001,"));
}

TEST_F(QueryApi, WarnsWhenTheLimitCutsOffResults) {
  EXPECT_EQ(Body(kInstant, "query=up&limit=1"),
            R"({"status":"success","data":{"resultType":"vector","result":[)"
            R"({"metric":{"__name__":"up","job":"a"},"value":[1767225600,"1"]}]},)"
            R"("warnings":["results truncated due to limit"]})");
  EXPECT_THAT(Body(kInstant, "query=up&limit=2"), Not(HasSubstr("truncated")));
  EXPECT_THAT(Body(kInstant, "query=up&limit=0"), Not(HasSubstr("truncated")));
}

TEST_F(QueryApi, ListsTenAnnotationsAndCountsTheRest) {
  std::string query;
  for (int i = 0; i < 12; ++i) {
    query += fmt::format("{}quantile({}, up)", i == 0 ? "" : " or ", i + 2);
  }
  EXPECT_THAT(Body(kInstant, "query=" + query),
              MatchesRegex(R"(.*"warnings":\[("PromQL warning: [^]]*){10},)"
                           R"("2 more warning annotations omitted"\]\})"));
}

TEST_F(QueryApi, UsesTheRequestedLookback) {
  EXPECT_THAT(Body(kInstant, "query=up&lookback_delta=10s"), HasSubstr(R"("result":[])"));
  EXPECT_THAT(Body(kInstant, "query=up&lookback_delta=11"), HasSubstr(R"("job":"a")"));
}

TEST_F(QueryApi, CancelsQueriesWhenTheClientHasGone) {
  const Response response = router_->Handle(
      {.method = "GET", .path = kInstant, .query = "query=1", .client_gone = [] { return true; }});
  EXPECT_EQ(*response.body, R"({"status":"error","errorType":"canceled",)"
                            R"("error":"query was canceled in expression evaluation"})");
}

TEST_F(QueryApi, ReportsTimingsOnRequest) {
  EXPECT_THAT(Body(kInstant, "query=1&stats=all"),
              HasSubstr(R"("stats":{"timings":{"evalTotalTime":0)"));
}

TEST_F(QueryApi, ReportsSampleCountsOnRequest) {
  const std::string range = "&start=1767225570&end=1767225600&step=15";
  EXPECT_THAT(Body(kInstant, "query=sum(up)&stats=true"),
              EndsWith(R"(},"samples":{"totalQueryableSamples":2,"peakSamples":2}}}})"));
  EXPECT_THAT(Body(kRange, "query=sum_over_time(moves_total[45s])&stats=all" + range),
              EndsWith(R"(},"samples":{"totalQueryableSamplesPerStep":)"
                       R"([[1767225570,2],[1767225585,1],[1767225600,2]],)"
                       R"("totalQueryableSamples":5,"peakSamples":5}}}})"));
}

TEST_F(QueryApi, RefusesBadParametersInPrometheusWords) {
  const std::pair<const char*, const char*> cases[] = {
      {"query=up&time=abc", R"(invalid parameter \"time\": invalid time value for 'time': cannot )"
                            R"(parse \"abc\" to a valid timestamp)"},
      {"query=up&timeout=abc",
       R"(invalid parameter \"timeout\": cannot parse \"abc\" to a valid duration)"},
      {"query=up&timeout=1e300", R"(invalid parameter \"timeout\": cannot parse \"1e300\" to a )"
                                 R"(valid duration. It overflows int64)"},
      {"query=up&limit=abc",
       R"(invalid parameter \"limit\": strconv.Atoi: parsing \"abc\": invalid syntax)"},
      {"query=up&limit=-1", R"(invalid parameter \"limit\": limit must be non-negative)"},
      {"query=up&lookback_delta=x",
       R"(error parsing lookback delta duration: cannot parse \"x\" to a valid duration)"},
      {"", R"(invalid parameter \"query\": unknown position: parse error: no expression found in )"
           R"(input)"},
      {"query=up%2B", R"(invalid parameter \"query\": 1:4: parse error: unexpected end of input)"},
  };
  for (const auto& [query, error] : cases) {
    EXPECT_EQ(BadRequest(kInstant, query), error);
  }
}

TEST_F(QueryApi, RefusesBadRangesInPrometheusWords) {
  const std::pair<const char*, const char*> cases[] = {
      {"query=up", R"(invalid parameter \"start\": cannot parse \"\" to a valid timestamp)"},
      {"query=up&start=1", R"(invalid parameter \"end\": cannot parse \"\" to a valid timestamp)"},
      {"query=up&start=1&end=2",
       R"(invalid parameter \"step\": cannot parse \"\" to a valid duration)"},
      {"query=up&start=1&end=0&step=1",
       R"(invalid parameter \"end\": end timestamp must not be before start time)"},
      {"query=up&start=1&end=2&step=0",
       R"(invalid parameter \"step\": zero or negative query resolution step widths are not )"
       R"(accepted. Try a positive integer)"},
      {"query=up&start=1&end=11002&step=1",
       "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query "
       "resolution (?step=XX)"},
      {"query=up[1m]&start=1&end=2&step=1",
       R"(invalid parameter \"query\": invalid expression type \"range vector\" for range query, )"
       R"(must be Scalar or instant Vector)"},
  };
  for (const auto& [query, error] : cases) {
    EXPECT_EQ(BadRequest(kRange, query), error);
  }
  EXPECT_EQ(Get(kRange, "query=up&start=1&end=11001&step=1").status, 200);
}

TEST_F(QueryApi, DistinguishesFailedEvaluationsFromBadRequests) {
  const Response response = Get(kInstant, "query=up*on()up");
  EXPECT_EQ(response.status, 422);
  EXPECT_THAT(*response.body, HasSubstr(R"("errorType":"execution","error":"found duplicate)"));
}

TEST_F(QueryApi, EndsQueriesAtTheirTimeout) {
  const HurryingClock clock;
  QueryHandler handler({.data = *program_.store, .clock = clock});
  const Response response =
      handler.Instant({.query = "query=sum(up)%2Bsum(up)&time=1767225600&timeout=500ms"});
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(*response.body, R"({"status":"error","errorType":"timeout",)"
                            R"("error":"query timed out in expression evaluation"})");
}

TEST_F(QueryApi, EvaluatesExperimentalFeaturesWhenEnabled) {
  EXPECT_EQ(BadRequest(kInstant, "query=start()"),
            R"(invalid parameter \"query\": 1:1: parse error: function \"start\" is not enabled)");
  program_.features = promql::Features::All();
  MakeRouter();
  EXPECT_THAT(Body(kRange, "query=end()-start()&start=10&end=30&step=20"),
              HasSubstr(R"("values":[[10,"20"],[30,"20"]])"));
}

TEST_F(QueryApi, RefusesInvalidComputedDurationsBeforeEvaluation) {
  program_.features = promql::Features::All();
  MakeRouter();
  EXPECT_EQ(BadRequest(kInstant, "query=rate(up[1m-2m])"),
            R"(invalid parameter \"query\": 8:13: duration must be greater than 0)");
  EXPECT_EQ(BadRequest(kInstant, "query=-sum(max_over_time(up[1m:step()]))"),
            R"(invalid parameter \"query\": 25:31: duration must be greater than 0)");
  EXPECT_EQ(BadRequest(kRange, "query=(up)%2Bup+offset+(9e9*range())&start=10&end=30&step=20"),
            R"(invalid parameter \"query\": 16:27: duration is out of range)");
  EXPECT_EQ(Get(kRange, "query=rate(up[step()])&start=10&end=30&step=20").status, 200);
}

TEST_F(QueryApi, EndsQueriesWhenTheServerStops) {
  program_.stop.request_stop();
  const Response response = Get(kInstant, "query=sum(up)");
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(*response.body, R"({"status":"error","errorType":"canceled",)"
                            R"("error":"query was canceled in expression evaluation"})");
}

}  // namespace
}  // namespace hakem::web

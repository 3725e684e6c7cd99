#include "web/prometheus_api/status/status.h"

#include <gmock/gmock.h>

#include "tests/web/prometheus_api/api_fixture.h"

namespace hakem::web {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class StatusApi : public ApiFixture {
 protected:
  StatusApi() {
    facts_ = {.version = "1.2.3",
              .flags = {{"query.timeout", "2m"}},
              .external_url = "http://hakem:9187",
              .target_labels = {{"job", "hakem"}, {"instance", "hakem:9187"}},
              .collection_interval = std::chrono::seconds(5),
              .retention = std::chrono::hours(24),
              .started = clock_.Now()};
    MakeRouter();
  }
};

TEST_F(StatusApi, SaysWhichPrometheusItIsLike) {
  EXPECT_THAT(Body("/api/v1/status/buildinfo"),
              StartsWith(R"({"status":"success","data":{"version":"3.)"));
  EXPECT_THAT(Body("/api/v1/status/buildinfo"), HasSubstr(R"("revision":"hakem 1.2.3")"));
}

TEST_F(StatusApi, ShowsConfigurationFlagsAndRuntime) {
  config_yaml_.Set(std::make_shared<const std::string>("web:\n  listen: \":9187\"\n"));
  EXPECT_EQ(Body("/api/v1/status/config"),
            R"({"status":"success","data":{"yaml":"web:\n  listen: \":9187\"\n"}})");
  EXPECT_EQ(Body("/api/v1/status/flags"), R"({"status":"success","data":{"query.timeout":"2m"}})");
  EXPECT_THAT(Body("/api/v1/status/runtimeinfo"),
              HasSubstr(R"("startTime":"2026-01-01T00:00:00Z")"));
  EXPECT_THAT(Body("/api/v1/status/runtimeinfo"), HasSubstr(R"("storageRetention":"1d")"));
}

TEST_F(StatusApi, TellsWhatTheHistoryHolds) {
  EXPECT_EQ(Body("/api/v1/status/tsdb", "limit=1"),
            R"({"status":"success","data":{"headStats":{"numSeries":3,"numLabelPairs":4,)"
            R"("minTime":1767225540000,"maxTime":1767225600000},)"
            R"("seriesCountByMetricName":[{"name":"up","value":2}],)"
            R"("labelValueCountByLabelName":[{"name":"__name__","value":2}],)"
            R"("memoryInBytesByLabelName":[{"name":"__name__","value":13}],)"
            R"("seriesCountByLabelValuePair":[{"name":"__name__=up","value":2}]}})");
  EXPECT_EQ(BadRequest("/api/v1/status/tsdb", "limit=0"), "limit must be a positive number");
}

TEST_F(StatusApi, ListsItselfAsTheOneTarget) {
  EXPECT_THAT(Body("/api/v1/targets"),
              HasSubstr(R"("labels":{"instance":"hakem:9187","job":"hakem"},"scrapePool":"hakem",)"
                        R"("scrapeUrl":"http://hakem:9187/metrics")"));
  EXPECT_THAT(Body("/api/v1/targets"), HasSubstr(R"("health":"unknown")"));
  snapshot_.Set(std::make_shared<const Snapshot>(Snapshot{clock_.Now(), {}}));
  EXPECT_THAT(Body("/api/v1/targets", "state=active"),
              HasSubstr(R"("lastScrape":"2026-01-01T00:00:00Z","health":"up")"));
  EXPECT_EQ(Body("/api/v1/targets", "state=dropped"),
            R"({"status":"success","data":{"activeTargets":[],"droppedTargets":[],)"
            R"("droppedTargetCounts":{}}})");
}

TEST_F(StatusApi, KnowsNoOtherAlertmanager) {
  EXPECT_EQ(Body("/api/v1/alertmanagers"),
            R"({"status":"success","data":{"activeAlertmanagers":[],"droppedAlertmanagers":[]}})");
}

}  // namespace
}  // namespace hakem::web

#include "web/api_v1/status/status.h"

#include <gmock/gmock.h>

#include "tests/web/api_v1/api_fixture.h"

namespace hakem::web {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class StatusApi : public ApiFixture {
 protected:
  StatusApi() {
    program_.facts = {.version = "1.2.3",
                      .flags = {{"query.timeout", "2m"}},
                      .external_url = "http://hakem:9187",
                      .target_labels = {{"job", "hakem"}, {"instance", "hakem:9187"}},
                      .collection_interval = std::chrono::seconds(5),
                      .retention = std::chrono::hours(24),
                      .started = program_.clock.Now()};
    MakeRouter();
  }
};

TEST_F(StatusApi, ReportsThePrometheusVersionThatItImplements) {
  EXPECT_THAT(Body("/api/v1/status/buildinfo"),
              StartsWith(R"({"status":"success","data":{"version":"3.)"));
  EXPECT_THAT(Body("/api/v1/status/buildinfo"), HasSubstr(R"("revision":"hakem 1.2.3")"));
}

TEST_F(StatusApi, ShowsConfigurationFlagsAndRuntime) {
  program_.config_yaml.Set(std::make_shared<const std::string>("web:\n  listen: \":9187\"\n"));
  EXPECT_EQ(Body("/api/v1/status/config"),
            R"({"status":"success","data":{"yaml":"web:\n  listen: \":9187\"\n"}})");
  EXPECT_EQ(Body("/api/v1/status/flags"), R"({"status":"success","data":{"query.timeout":"2m"}})");
  EXPECT_THAT(Body("/api/v1/status/runtimeinfo"),
              HasSubstr(R"("startTime":"2026-01-01T00:00:00Z")"));
  EXPECT_THAT(Body("/api/v1/status/runtimeinfo"), HasSubstr(R"("storageRetention":"1d")"));
}

TEST_F(StatusApi, ReportsWhetherTheConfigurationWasReloaded) {
  EXPECT_THAT(Body("/api/v1/status/runtimeinfo"),
              HasSubstr(R"("reloadConfigSuccess":true,"lastConfigTime":"2026-01-01T00:00:00Z",)"
                        R"("corruptionCount":0,"goroutineCount":)"));
  Published<ReloadStatus> reload;
  reload.Set(std::make_shared<const ReloadStatus>(ReloadStatus{
      .succeeded = false, .last_success = program_.clock.Now() - std::chrono::hours(1)}));
  EXPECT_THAT(*RuntimeInfoResponse(program_.facts, reload.Get().get(), program_.clock.Now()).body,
              HasSubstr(R"("reloadConfigSuccess":false,"lastConfigTime":"2025-12-31T23:00:00Z")"));
}

TEST_F(StatusApi, ReportsItsVersionWithoutAnEnvelope) {
  EXPECT_THAT(Body("/version"), StartsWith(R"({"version":"3.)"));
  EXPECT_THAT(Body("/version"), HasSubstr(R"("revision":"hakem 1.2.3")"));
}

TEST_F(StatusApi, ListsAvailableFeatures) {
  EXPECT_THAT(Body("/api/v1/features"), HasSubstr(R"("delayed_name_removal":false)"));
  EXPECT_THAT(Body("/api/v1/features"), HasSubstr(R"("first_over_time":true)"));
  EXPECT_THAT(Body("/api/v1/features"), HasSubstr(R"("info":false)"));
  EXPECT_THAT(Body("/api/v1/features"), HasSubstr(R"("limitk":false)"));
  program_.features = promql::Features::All();
  MakeRouter();
  EXPECT_THAT(Body("/api/v1/features"), HasSubstr(R"("delayed_name_removal":true)"));
  EXPECT_THAT(Body("/api/v1/features"), HasSubstr(R"("info":true)"));
}

TEST_F(StatusApi, HasNoReplayAndNoNotifications) {
  EXPECT_EQ(Body("/api/v1/status/walreplay"),
            R"({"status":"success","data":{"min":0,"max":0,"current":0}})");
  EXPECT_EQ(Body("/api/v1/notifications"), R"({"status":"success","data":[]})");
  const Response live = Get("/api/v1/notifications/live");
  EXPECT_EQ(live.status, 204) << "which ends an event stream for good";
  EXPECT_EQ(*live.body, "");
}

TEST_F(StatusApi, RefusesRemoteReadAndWrite) {
  for (const char* path : {"/api/v1/read", "/api/v1/write"}) {
    for (const char* method : {"GET", "POST"}) {
      const Response response = router_->Handle({.method = method, .path = path});
      EXPECT_EQ(response.status, 404) << path;
      EXPECT_THAT(*response.body, HasSubstr("404 page not found: remote")) << path;
    }
  }
}

TEST_F(StatusApi, ListsItsOneScrapePool) {
  EXPECT_EQ(Body("/api/v1/scrape_pools"),
            R"({"status":"success","data":{"scrapePools":["hakem"]}})");
  EXPECT_THAT(Body("/api/v1/targets", "scrapePool=hakem"), HasSubstr(R"("job":"hakem")"));
  EXPECT_THAT(Body("/api/v1/targets", "scrapePool="), HasSubstr(R"("job":"hakem")"));
  EXPECT_THAT(Body("/api/v1/targets", "scrapePool=other"), HasSubstr(R"("activeTargets":[])"));
}

TEST_F(StatusApi, DescribesTheMetricsOfItsTarget) {
  EXPECT_EQ(Body("/api/v1/targets/metadata"), R"({"status":"success","data":[]})");
  program_.snapshot.Set(std::make_shared<const Snapshot>(Snapshot{
      program_.clock.Now(),
      {{"a", MetricType::kGauge, "First.", {}}, {"b", MetricType::kCounter, "2nd.", {}}}}));
  const std::string target = R"({"target":{"instance":"hakem:9187","job":"hakem"},)";
  const std::string all = Body("/api/v1/targets/metadata");
  EXPECT_THAT(all, HasSubstr(target + R"("metric":"a","type":"gauge","help":"First.","unit":""})"));
  EXPECT_THAT(all, HasSubstr(R"("metric":"b","type":"counter")"));
  EXPECT_EQ(Body("/api/v1/targets/metadata", "metric=b"),
            R"({"status":"success","data":[)" + target +
                R"("type":"counter","help":"2nd.","unit":""}]})");
  EXPECT_THAT(Body("/api/v1/targets/metadata", "limit=1"), Not(HasSubstr("2nd.")));
  EXPECT_THAT(Body("/api/v1/targets/metadata", "match_target={job=\"hakem\"}"), HasSubstr("2nd."));
  EXPECT_EQ(Body("/api/v1/targets/metadata", "match_target={job=\"other\"}"),
            R"({"status":"success","data":[]})");
  EXPECT_EQ(BadRequest("/api/v1/targets/metadata", "limit=x"), "limit must be a number");
  EXPECT_THAT(BadRequest("/api/v1/targets/metadata", "match_target=x{"),
              StartsWith(R"(invalid parameter \"match_target\": 1:3: parse error)"));
}

TEST_F(StatusApi, ReportsTheSizeOfTheHistory) {
  EXPECT_EQ(Body("/api/v1/status/tsdb", "limit=1"),
            R"({"status":"success","data":{"headStats":{"numSeries":3,"numLabelPairs":4,)"
            R"("minTime":1767225540000,"maxTime":1767225600000},)"
            R"("seriesCountByMetricName":[{"name":"up","value":2}],)"
            R"("labelValueCountByLabelName":[{"name":"__name__","value":2}],)"
            R"("memoryInBytesByLabelName":[{"name":"__name__","value":13}],)"
            R"("seriesCountByLabelValuePair":[{"name":"__name__=up","value":2}]}})");
  EXPECT_EQ(BadRequest("/api/v1/status/tsdb", "limit=0"), "limit must be a positive number");
}

TEST_F(StatusApi, ListsItselfAsTheOnlyTarget) {
  EXPECT_THAT(Body("/api/v1/targets"),
              HasSubstr(R"("labels":{"instance":"hakem:9187","job":"hakem"},"scrapePool":"hakem",)"
                        R"("scrapeUrl":"http://hakem:9187/metrics")"));
  EXPECT_THAT(Body("/api/v1/targets"), HasSubstr(R"("health":"unknown")"));
  program_.snapshot.Set(std::make_shared<const Snapshot>(Snapshot{program_.clock.Now(), {}}));
  EXPECT_THAT(Body("/api/v1/targets", "state=active"),
              HasSubstr(R"("lastScrape":"2026-01-01T00:00:00Z","health":"up")"));
  EXPECT_EQ(Body("/api/v1/targets", "state=dropped"),
            R"({"status":"success","data":{"activeTargets":[],"droppedTargets":[],)"
            R"("droppedTargetCounts":{}}})");
}

TEST_F(StatusApi, ListsNoAlertmanagers) {
  EXPECT_EQ(Body("/api/v1/alertmanagers"),
            R"({"status":"success","data":{"activeAlertmanagers":[],"droppedAlertmanagers":[]}})");
}

}  // namespace
}  // namespace hakem::web

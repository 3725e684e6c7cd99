#include "exporter/scrape/collectors_json.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

namespace hakem::exporter {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

constexpr Timestamp kNow{seconds(1000)};

const collectors::CollectorSpec* Spec(std::string_view name) {
  for (const collectors::CollectorSpec* spec : collectors::kCollectors) {
    if (spec->name == name) {
      return spec;
    }
  }
  return nullptr;
}

TargetStatus Status() {
  TargetStatus status;
  status.up = true;
  status.error = "\"late\"";
  status.cost_share = 0.004;
  status.cost_budget = 1;
  status.collectors.push_back({.spec = Spec("locks"),
                               .success = true,
                               .last_success = kNow - seconds(3),
                               .duration_seconds = 0.0123,
                               .series = 27,
                               .rate_divisor = 2,
                               .interval_seconds = 5,
                               .cost_share = 0.00002,
                               .db_seconds_total = 12.5});
  status.collectors.push_back({.spec = Spec("wal"),
                               .error = "permission denied",
                               .overflow_rows = 4,
                               .databases = 3,
                               .circuit_open = true,
                               .interval_seconds = 60});
  status.collectors.push_back(
      {.spec = Spec("stat_wal_receiver"), .unmet_requirement = "runs on a standby"});
  status.databases.push_back({"secret", "too many connections"});
  return status;
}

TEST(CollectorsJson, BeginsWithTheTarget) {
  EXPECT_TRUE(CollectorsJson(Status(), kNow)
                  .starts_with(R"({"status":"success","data":{"up":true,"lastError":"\"late\"",)"
                               R"("costRatio":0.004,"costBudgetRatio":1.0,"databases":)"
                               R"([{"name":"secret","lastError":"too many connections"}],)"
                               R"("collectors":[{"name":)"));
}

TEST(CollectorsJson, DescribesACollectorThatRuns) {
  EXPECT_THAT(
      CollectorsJson(Status(), kNow),
      HasSubstr(R"("lane":"fast","scope":"server","planned":true,"intervalSeconds":5.0,)"
                R"("slowed":true,"circuitOpen":false,"success":true,"lastError":"",)"
                R"("lastSuccess":"1970-01-01T00:16:37Z","ageSeconds":3.0,"durationSeconds":0.0123,)"
                R"("dbSecondsTotal":12.5,"costRatio":2e-05,"databases":1,"series":27,)"
                R"("overflow":0})"));
}

TEST(CollectorsJson, HasNullForTheLastSuccessOfACollectorThatNeverSucceeded) {
  EXPECT_THAT(CollectorsJson(Status(), kNow),
              HasSubstr(R"("circuitOpen":true,"success":false,"lastError":"permission denied",)"
                        R"("lastSuccess":null,"ageSeconds":null,"durationSeconds":0.0,)"
                        R"("dbSecondsTotal":0.0,"costRatio":0.0,"databases":3,"series":0,)"
                        R"("overflow":4})"));
}

TEST(CollectorsJson, SaysWhyACollectorDoesNotRun) {
  const std::string json = CollectorsJson(Status(), kNow);
  EXPECT_THAT(json, HasSubstr(R"("planned":false,"reason":"runs on a standby"})"));
  EXPECT_THAT(json, HasSubstr(R"("planned":false,"reason":"off: turn it on by --collector.)"));
}

/// The numbers are those of nlohmann::json, which wrote this document once: a script may compare
/// its texts.
TEST(CollectorsJson, IsWrittenAsNlohmannJsonWould) {
  const std::string text = CollectorsJson(Status(), kNow);
  EXPECT_EQ(text, nlohmann::ordered_json::parse(text).dump());
}

}  // namespace
}  // namespace hakem::exporter

#include "web/api_v1/series/metadata.h"

#include <gmock/gmock.h>

#include "tests/web/api_v1/api_fixture.h"

namespace hakem::web {
namespace {

constexpr const char* kPath = "/api/v1/metadata";

class MetadataApi : public ApiFixture {};

TEST_F(MetadataApi, DescribesCollectedAndImportedMetrics) {
  program_.snapshot.Set(std::make_shared<const Snapshot>(
      Snapshot{{}, {{"pg_up", MetricType::kUntyped, "Reached.", {}}}}));
  EXPECT_EQ(Body(kPath), R"({"status":"success","data":{)"
                         R"("moves":[{"type":"counter","unit":"","help":"Moves."}],)"
                         R"("pg_up":[{"type":"unknown","unit":"","help":"Reached."}],)"
                         R"("up":[{"type":"gauge","unit":"","help":"Up."}]}})");
}

TEST_F(MetadataApi, FiltersByMetricAndLimit) {
  EXPECT_EQ(Body(kPath, "metric=up"),
            R"({"status":"success","data":{"up":[{"type":"gauge","unit":"","help":"Up."}]}})");
  EXPECT_EQ(Body(kPath, "limit=0"), R"({"status":"success","data":{}})");
  EXPECT_EQ(Body(kPath, "metric=nope"), R"({"status":"success","data":{}})");
  EXPECT_EQ(BadRequest(kPath, "limit=x"), "limit must be a number");
  EXPECT_EQ(BadRequest(kPath, "limit_per_metric=x"), "limit_per_metric must be a number");
}

}  // namespace
}  // namespace hakem::web

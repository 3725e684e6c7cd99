#include "cli/output/collector_list.h"

#include <gmock/gmock.h>

#include "exporter/scrape/collectors_json.h"
#include "tests/support/matchers.h"

namespace hakem::cli {
namespace {

using exporter::TargetStatus;
using std::chrono::seconds;
using testing::HasSubstr;

const collectors::CollectorSpec* Spec(std::string_view name) {
  for (const collectors::CollectorSpec* spec : collectors::kCollectors) {
    if (spec->name == name) {
      return spec;
    }
  }
  return nullptr;
}

constexpr Timestamp kNow{seconds(1000)};

TargetStatus Status() {
  TargetStatus status;
  status.up = true;
  status.cost_share = 0.004;
  status.cost_budget = 0.005;
  status.collectors.push_back({.spec = Spec("locks"),
                               .success = true,
                               .last_success = kNow - seconds(3),
                               .duration_seconds = 0.0123,
                               .series = 27,
                               .interval_seconds = 5,
                               .cost_share = 0.002});
  status.collectors.push_back({.spec = Spec("wal"),
                               .error = "permission denied for function pg_ls_waldir",
                               .circuit_open = true,
                               .interval_seconds = 60});
  status.collectors.push_back({.spec = Spec("stat_wal_receiver"),
                               .unmet_requirement = "runs on a standby, this is a primary"});
  status.collectors.push_back({.spec = Spec("stat_user_tables"),
                               .success = true,
                               .overflow_rows = 12,
                               .rate_divisor = 4,
                               .interval_seconds = 240});
  status.databases.push_back({"secret", "too many connections"});
  return status;
}

std::string Shown() {
  const Result<std::string> text = FormatCollectors(exporter::CollectorsJson(Status(), kNow));
  return text ? *text : text.error().message;
}

TEST(CollectorList, HasALineForEveryCollector) {
  for (const collectors::CollectorSpec* spec : collectors::kCollectors) {
    EXPECT_THAT(Shown(), HasSubstr("\n" + std::string(spec->name) + " "));
  }
}

TEST(CollectorList, ShowsStateAgeAndCost) {
  EXPECT_THAT(Shown(),
              testing::ContainsRegex("locks +in +fast +5 s +3 s +12\\.3 ms +0\\.200 % +27\n"));
}

TEST(CollectorList, ShowsWhyACollectorYieldsNoData) {
  EXPECT_THAT(Shown(), testing::ContainsRegex("wal +failing .*\n  last error: permission denied"));
  EXPECT_THAT(Shown(), testing::ContainsRegex(
                           "stat_wal_receiver +out +fast +runs on a standby, this is a primary\n"));
  EXPECT_THAT(Shown(), testing::ContainsRegex("postmaster +out +fast +off: turn it on by "
                                              "--collector.postmaster"));
}

TEST(CollectorList, ShowsSlowedCollectorsAndOverflow) {
  EXPECT_THAT(Shown(), testing::ContainsRegex("stat_user_tables +slowed +slow +240 s"));
  EXPECT_THAT(Shown(), HasSubstr("12 series beyond its limit are summed as \"other\"\n"));
  EXPECT_THAT(Shown(),
              HasSubstr("all collectors use 0.400 % of one core of the database server, of 0.5 %"));
}

TEST(CollectorList, NamesADatabaseThatIsNotVisited) {
  EXPECT_THAT(Shown(), HasSubstr("database secret is not visited: too many connections\n"));
}

TEST(CollectorList, RefusesAnotherAnswer) {
  EXPECT_THAT(FormatCollectors("{\"status\":\"success\",\"data\":{}}"),
              HasCode(ErrorCode::kUnavailable));
  EXPECT_THAT(FormatCollectors("<html>"), HasCode(ErrorCode::kUnavailable));
}

}  // namespace
}  // namespace hakem::cli

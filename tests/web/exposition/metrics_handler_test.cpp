#include "web/exposition/metrics_handler.h"

#include <gmock/gmock.h>

#include <latch>
#include <thread>

#include "tests/support/http/body_of.h"
#include "tests/web/fake_program.h"
#include "web/http/gzip.h"

namespace hakem::web {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

SeriesRef MakeSeries(Labels labels) {
  return std::make_shared<const Series>(std::move(labels));
}

class MetricsHandlerTest : public testing::Test {
 protected:
  MetricsHandlerTest() {
    program_.collectors = {{"locks", {{"pg_locks_count"}}}, {"settings", {{"pg_settings_", true}}}};
    program_.snapshot.Set(std::make_shared<const Snapshot>(Snapshot{
        Timestamp{},
        {{"hakem_collector_success",
          MetricType::kGauge,
          "S.",
          {{MakeSeries({{"__name__", "hakem_collector_success"}, {"collector", "locks"}}), 1},
           {MakeSeries({{"__name__", "hakem_collector_success"}, {"collector", "settings"}}), 1}}},
         {"pg_locks_count",
          MetricType::kGauge,
          "L.",
          {{MakeSeries({{"__name__", "pg_locks_count"}}), 7}}},
         {"pg_settings_port",
          MetricType::kGauge,
          "P.",
          {{MakeSeries({{"__name__", "pg_settings_port"}}), 5}}},
         {"pg_up", MetricType::kGauge, "U.", {{MakeSeries({{"__name__", "pg_up"}}), 1}}}}}));
  }

  Response Ask(std::string query, std::vector<HeaderField> headers = {}) {
    return handler_({.method = "GET",
                     .path = "/metrics",
                     .query = std::move(query),
                     .headers = std::move(headers)});
  }

  std::string Page(std::string query) { return BodyOf(Ask(std::move(query))); }

  FakeProgram program_;
  const Handler handler_ = MetricsHandler(program_.Context());
};

TEST_F(MetricsHandlerTest, AnswersInThePreferredFormat) {
  const Response response =
      Ask("", {{"Accept", "application/openmetrics-text;version=1.0.0,text/plain;q=0.5"}});
  EXPECT_THAT(response.headers,
              Contains(HeaderField{"Content-Type",
                                   "application/openmetrics-text; version=1.0.0; charset=utf-8"}));
  EXPECT_THAT(response.headers, Contains(HeaderField{"Vary", "Accept, Accept-Encoding"}));
  EXPECT_THAT(BodyOf(response), HasSubstr("# EOF\n"));
  EXPECT_THAT(Page(""), Not(HasSubstr("# EOF\n")));
}

TEST_F(MetricsHandlerTest, WritesOnlyTheRequestedCollectors) {
  const std::string page = Page("collect[]=locks");
  EXPECT_THAT(page, HasSubstr("pg_locks_count 7\n"));
  EXPECT_THAT(page, HasSubstr("hakem_collector_success{collector=\"locks\"} 1\n"));
  EXPECT_THAT(page, HasSubstr("pg_up 1\n"));
  EXPECT_THAT(page, Not(HasSubstr("settings")));
  EXPECT_EQ(Page("collect%5B%5D=locks&collect[]=settings"), Page(""));
}

TEST_F(MetricsHandlerTest, CompressesPartialPages) {
  EXPECT_EQ(*Ask("collect[]=locks", {{"Accept-Encoding", "gzip"}}).body,
            Gzip(Page("collect[]=locks")));
}

TEST_F(MetricsHandlerTest, NamesTheNearestCollector) {
  const Response response = Ask("collect[]=lokcs");
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(*response.body, "collect[]: unknown collector \"lokcs\", did you mean \"locks\"?\n");
}

TEST_F(MetricsHandlerTest, WaitsForAFreshCollection) {
  SteadyTime deadline{};
  program_.collect_now = [&](SteadyTime until) {
    deadline = until;
    program_.snapshot.Set(std::make_shared<const Snapshot>());
  };
  EXPECT_EQ(BodyOf(Ask("fresh=1", {{"X-Prometheus-Scrape-Timeout-Seconds", "5"}})), "");
  EXPECT_EQ(deadline - program_.clock.SteadyNow(), milliseconds(4500));
  EXPECT_EQ(Ask("fresh=yes").status, 400);
}

TEST_F(MetricsHandlerTest, RefusesFreshRequestsWhenTooManyWait) {
  std::latch waiting(kMostFreshRequests);
  std::latch go_on(1);
  program_.collect_now = [&](SteadyTime) {
    waiting.count_down();
    go_on.wait();
  };
  {
    std::vector<std::jthread> clients;
    for (int i = 0; i < kMostFreshRequests; ++i) {
      clients.emplace_back([&] { EXPECT_EQ(Ask("fresh=1").status, 200); });
    }
    waiting.wait();
    EXPECT_EQ(Ask("fresh=1").status, 503);
    EXPECT_EQ(Ask("").status, 200);
    go_on.count_down();
  }
  program_.collect_now = [](SteadyTime) {};
  EXPECT_EQ(Ask("fresh=1").status, 200) << "the places are free again";
}

TEST(FreshTimeout, SubtractsAMargin) {
  EXPECT_EQ(FreshTimeout("10"), milliseconds(9500));
  EXPECT_EQ(FreshTimeout("1"), milliseconds(750));
  EXPECT_EQ(FreshTimeout(""), milliseconds(9500));
  EXPECT_EQ(FreshTimeout("-3"), milliseconds(9500));
  EXPECT_EQ(FreshTimeout("nan"), milliseconds(9500));
  EXPECT_EQ(FreshTimeout("1e9"), milliseconds(59500));
}

}  // namespace
}  // namespace hakem::web

// The metrics page of a real database in both its formats, read by a real Prometheus and by the
// strict parser of OpenMetrics.

#include "web/exposition/exposition.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "exporter/own_metrics/own_metrics.h"
#include "exporter/scrape/scrape_loop.h"
#include "exporter/session/postgres_session.h"
#include "model/clock.h"
#include "tests/support/game/hokm_database.h"
#include "tests/support/http/http_get.h"
#include "tests/support/matchers.h"
#include "tests/support/programs/hakem_process.h"
#include "tests/support/programs/prometheus_server.h"
#include "tests/support/programs/shell.h"
#include "tests/web/fake_program.h"
#include "web/exposition/metrics_handler.h"
#include "web/server/server.h"

namespace hakem {
namespace {

using std::chrono::seconds;

/// All metrics of one collection, with those about Hakem itself.
Snapshot CollectEverything(const HokmDatabase& database) {
  exporter::PostgresSessionFactory sessions(*config::Conninfo::Parse(Secret(database.AdminDsn())),
                                            "", SystemClock());
  std::map<std::string, bool> all;
  for (const collectors::CollectorSpec* spec : collectors::kCollectors) {
    all[std::string(spec->name)] = true;
  }
  exporter::OwnMetrics own(config::DefaultThresholds(), {}, SystemClock().Now());
  const Log log = Log::Silent();
  auto snapshot = exporter::CollectOnce(
      {.enabled = all, .games = {{}}},
      {.sessions = sessions, .clock = SystemClock(), .log = log, .own_families = [&] {
         return own.Collect();
       }});
  EXPECT_THAT(snapshot, IsOk());
  return snapshot.value_or(Snapshot{});
}

/// A server of one fixed snapshot. `/text` and `/openmetrics` have a fixed format; `/metrics`
/// negotiates it as usual.
class FrozenPages {
 public:
  explicit FrozenPages(Snapshot snapshot) {
    program_.snapshot.Set(std::make_shared<const Snapshot>(std::move(snapshot)));
    auto server = web::Server::Start(
        {.address = {"127.0.0.1", 0}},
        [this](const web::Request& request) {
          web::Request asked = request;
          if (request.path == "/text") {
            asked.headers = {{"Accept", "text/plain"}};
          }
          if (request.path == "/metrics") {
            const MutexLock lock(mutex_);
            accepts_.emplace_back(request.Header("Accept"));
          }
          return handler_(asked);
        },
        Log::Silent().For("web"));
    EXPECT_THAT(server, IsOk());
    server_ = *std::move(server);
  }

  std::uint16_t port() const { return server_->port(); }

  std::vector<std::string> accepts() {
    const MutexLock lock(mutex_);
    return accepts_;
  }

 private:
  web::FakeProgram program_;
  Mutex mutex_;
  std::vector<std::string> accepts_ GUARDED_BY(mutex_);
  const web::Handler handler_ = web::MetricsHandler(program_.Context());
  std::unique_ptr<web::Server> server_;
};

/// Values by series, without the label `job`, in which the two scrapes differ.
std::map<std::string, std::string> SeriesOf(const PrometheusServer& prometheus,
                                            std::string_view job) {
  std::map<std::string, std::string> series;
  const auto found = prometheus.Query(fmt::format("{{job=\"{}\"}}", job));
  EXPECT_THAT(found, IsOk());
  for (const auto& one : found.value_or(nlohmann::json::array())) {
    nlohmann::json labels = one.at("metric");
    labels.erase("job");
    const std::string name = labels.at("__name__");
    if (name != "up" && !name.starts_with("scrape_")) {
      series[labels.dump()] = one.at("value").at(1);
    }
  }
  return series;
}

class Exposition : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    database_ = std::make_unique<HokmDatabase>();
    snapshot_ = CollectEverything(*database_);
  }

  static void TearDownTestSuite() { database_.reset(); }

  static inline std::unique_ptr<HokmDatabase> database_;
  static inline Snapshot snapshot_;
};

TEST_F(Exposition, HasTheSameSeriesInBothFormatsForARealPrometheus) {
  FrozenPages pages(snapshot_);
  const auto prometheus = PrometheusServer::Start(fmt::format(
      "global: {{scrape_interval: 1s}}\n"
      "scrape_configs:\n"
      "  - {{job_name: text, metrics_path: /text, static_configs: [targets: ['127.0.0.1:{0}']]}}\n"
      "  - {{job_name: openmetrics, metrics_path: /metrics, "
      "static_configs: [targets: ['127.0.0.1:{0}']]}}\n",
      pages.port()));
  ASSERT_THAT(prometheus, IsOk());
  const auto both_are_up = [&] {
    const auto up = (*prometheus)->Query("sum(up)");
    return up && !up->empty() && up->at(0).at("value").at(1) == "2";
  };
  ASSERT_TRUE(Eventually(seconds(30), both_are_up)) << (*prometheus)->Log();
  ASSERT_FALSE(pages.accepts().empty());
  EXPECT_EQ(web::ChooseFormat(pages.accepts().front()).format, web::PageFormat::kOpenMetrics)
      << "Prometheus asks for OpenMetrics first: " << pages.accepts().front();
  const auto text = SeriesOf(**prometheus, "text");
  std::size_t samples = 0;
  for (const MetricFamily& family : snapshot_.families) {
    samples += family.samples.size();
  }
  EXPECT_EQ(text.size(), samples);
  EXPECT_GT(samples, 500U);
  EXPECT_EQ(text, SeriesOf(**prometheus, "openmetrics"));
}

TEST_F(Exposition, PassesTheStrictOpenMetricsParser) {
  const auto path =
      std::filesystem::temp_directory_path() / fmt::format("hakem-openmetrics-{}.txt", getpid());
  std::ofstream(path) << web::Render(snapshot_, web::PageFormat::kOpenMetrics);
  const ShellOutput parsed = RunShell(fmt::format(
      "/usr/bin/python3 -c 'import sys\n"
      "from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse\n"
      "families = list(parse(open(sys.argv[1], encoding=\"utf-8\", newline=\"\\n\").read()))\n"
      "print(sum(len(family.samples) for family in families))' {}",
      ShellWord(path.string())));
  std::filesystem::remove(path);
  std::size_t samples = 0;
  for (const MetricFamily& family : snapshot_.families) {
    samples += family.samples.size();
  }
  EXPECT_EQ(parsed.status, 0) << parsed.text;
  EXPECT_EQ(parsed.text, fmt::format("{}\n", samples));
}

TEST_F(Exposition, AnswersAtOnceDespiteFortyIdleConnections) {
  FrozenPages pages(snapshot_);
  std::vector<std::unique_ptr<HttpConnection>> idle;
  for (int i = 0; i < 40; ++i) {
    idle.push_back(std::make_unique<HttpConnection>(pages.port()));
    ASSERT_THAT(idle.back()->Exchange(HttpRequestText("GET", "/metrics")), IsOk());
  }
  for (int i = 0; i < 10; ++i) {
    const SteadyTime before = SystemClock().SteadyNow();
    ASSERT_THAT(HttpGet(pages.port(), "/metrics"), IsOk());
    EXPECT_LT(SystemClock().SteadyNow() - before, seconds(1));
  }
}

}  // namespace
}  // namespace hakem

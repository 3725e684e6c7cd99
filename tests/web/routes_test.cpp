#include "web/routes.h"

#include <gmock/gmock.h>

#include <latch>
#include <memory>
#include <vector>

#include "tests/support/http/http_get.h"
#include "tests/support/matchers.h"
#include "tests/support/recorded_instruments.h"
#include "tests/web/fake_program.h"
#include "tests/web/rules_fixture.h"
#include "web/http/gzip.h"
#include "web/server/server.h"

namespace hakem::web {
namespace {

using testing::HasSubstr;

/// All routes behind a real server.
class RoutesTest : public testing::Test {
 protected:
  void SetUp() override {
    auto server = Server::Start(
        {.address = {"127.0.0.1", 0},
         .answers_at_once =
             [this](const Request& request) { return router_.AnswersAtOnce(request); }},
        [this](const Request& request) { return router_.Handle(request); },
        Log::Silent().For("web"));
    ASSERT_THAT(server, IsOk());
    server_ = *std::move(server);
  }

  HttpReply Get(std::string_view path, std::string_view headers = "") {
    auto reply = HttpGet(server_->port(), path, headers);
    EXPECT_THAT(reply, IsOk());
    return reply.value_or(HttpReply{});
  }

  void Publish(double active_games) {
    auto series = std::make_shared<const Series>(Labels{{"__name__", "game_active_games"}});
    program_.snapshot.Set(std::make_shared<const Snapshot>(Snapshot{
        At(0), {{"game_active_games", MetricType::kGauge, "Games.", {{series, active_games}}}}}));
  }

  FakeProgram program_;
  RecordedInstruments instruments_;
  const Router router_ = MakeRouter(program_.Context(), {}, instruments_, Log::Silent().For("web"),
                                    AdminPolicy::kLocal);
  std::unique_ptr<Server> server_;
};

TEST_F(RoutesTest, ServeTheLastSnapshotAsMetrics) {
  EXPECT_EQ(Get("/metrics").body, "");
  Publish(3);
  EXPECT_EQ(Get("/metrics").body,
            "# HELP game_active_games Games.\n# TYPE game_active_games gauge\n"
            "game_active_games 3\n");
  Publish(4);
  const HttpReply reply = Get("/metrics");
  EXPECT_THAT(reply.body, HasSubstr("game_active_games 4\n"));
  EXPECT_EQ(reply.Header("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
}

TEST_F(RoutesTest, CompressMetricsForClientsThatAcceptIt) {
  Publish(3);
  const HttpReply reply = Get("/metrics", "Accept-Encoding: gzip\r\n");
  EXPECT_EQ(reply.Header("Content-Encoding"), "gzip");
  EXPECT_EQ(reply.Header("Vary"), "Accept, Accept-Encoding");
  EXPECT_EQ(reply.body, Gzip(Get("/metrics").body));
}

TEST_F(RoutesTest, AreReadyAfterTheFirstCollection) {
  EXPECT_EQ(Get("/-/ready").status, 503);
  program_.readiness = {.configuration_loaded = true, .first_collection_tried = true};
  EXPECT_EQ(Get("/-/ready").status, 200);
  EXPECT_EQ(Get("/-/healthy").status, 200);
}

TEST_F(RoutesTest, AnswerLoadBalancers) {
  for (const char* path : {"/primary", "/replica", "/read-write", "/read-only"}) {
    EXPECT_EQ(Get(path).status, 503) << path;
  }
  const auto up = std::make_shared<const Series>(Labels{{"__name__", "pg_up"}});
  const auto info = std::make_shared<const Series>(
      Labels{{"__name__", "hakem_target_info"}, {"role", "primary"}, {"version", "15.4"}});
  program_.snapshot.Set(std::make_shared<const Snapshot>(
      Snapshot{program_.clock.Now(),
               {{"hakem_target_info", MetricType::kGauge, "I.", {{info, 1}}},
                {"pg_up", MetricType::kGauge, "U.", {{up, 1}}}}}));
  EXPECT_EQ(Get("/primary").status, 200);
  EXPECT_EQ(Get("/read-write").status, 200);
  EXPECT_EQ(Get("/read-only").status, 200);
  EXPECT_EQ(Get("/replica").status, 503);
}

TEST_F(RoutesTest, AnswerTheApi) {
  program_.rules.Set(std::make_shared<const rules::RulesStatus>(SampleRules()));
  EXPECT_EQ(Get("/api/v1/alerts").Header("Content-Type"), "application/json");
  EXPECT_THAT(Get("/api/v1/alerts").body, HasSubstr(R"("state":"firing")"));
  EXPECT_THAT(Get("/api/v1/rules?rule_name[]=LowActivity").body, HasSubstr("no such thing"));
  EXPECT_EQ(Get("/api/v1/rule").status, 404);
  EXPECT_EQ(
      Get("/api/v1/rule").body,
      R"({"status":"error","errorType":"not_found",)"
      R"("error":"404 page not found: no page \"/api/v1/rule\", did you mean \"/api/v1/rules\"?"})");
}

TEST_F(RoutesTest, ServeAPageWithoutScripts) {
  const HttpReply page = Get("/");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.Header("Content-Type"), "text/html; charset=utf-8");
  EXPECT_THAT(page.Header("Content-Security-Policy"), HasSubstr("default-src 'none'"));
  EXPECT_EQ(page.Header("X-Content-Type-Options"), "nosniff");
  EXPECT_THAT(page.body, HasSubstr(R"(href="/style.css")"));
  EXPECT_EQ(Get("/style.css").Header("Content-Type"), "text/css; charset=utf-8");
}

TEST_F(RoutesTest, ServeThePagesThatNotificationsLinkTo) {
  for (const char* path : {"/graph?g0.expr=vector%281%29&g0.tab=1", "/query?g0.expr=vector(1)"}) {
    const HttpReply page = Get(path);
    EXPECT_EQ(page.status, 200) << path;
    EXPECT_EQ(page.Header("Content-Type"), "text/html; charset=utf-8");
    EXPECT_THAT(page.Header("Content-Security-Policy"), HasSubstr("default-src 'none'"));
    EXPECT_THAT(page.body, HasSubstr("<code>vector(1)</code>"));
    EXPECT_THAT(page.body, HasSubstr("<td class=\"number\">1</td>"));
  }
  program_.rules.Set(std::make_shared<const rules::RulesStatus>(SampleRules()));
  EXPECT_THAT(Get("/alerts?alertname=ManyActiveGames").body, HasSubstr("1 firing, 1 pending."));
}

TEST_F(RoutesTest, RedirectPrometheusPages) {
  for (const char* path : {"/rules", "/targets", "/config", "/flags", "/status", "/tsdb-status",
                           "/service-discovery", "/alertmanager-discovery", "/alertmanagers"}) {
    const HttpReply reply = Get(path);
    EXPECT_EQ(reply.status, 302) << path;
    EXPECT_EQ(Get(reply.Header("Location")).status, 200) << path;
  }
}

TEST_F(RoutesTest, AnswerPagesWhileRequestsThatWaitUseAllTheirWorkers) {
  std::latch release(1);
  program_.probe = [&release](const Request&) {
    release.wait();
    return TextResponse(200, "probed");
  };
  std::vector<std::unique_ptr<HttpConnection>> waiting;
  for (int i = 0; i < 70; ++i) {
    waiting.push_back(std::make_unique<HttpConnection>(server_->port()));
    waiting.back()->Send(HttpRequestText("GET", "/probe"));
  }
  for (const char* path : {"/metrics", "/-/healthy", "/style.css", "/api/v1/status/buildinfo"}) {
    EXPECT_EQ(Get(path).status, 200) << path;
  }
  release.count_down();
  for (const auto& client : waiting) {
    EXPECT_THAT(client->Exchange(""), IsOk());
  }
}

TEST_F(RoutesTest, AreAtOnceForTheFrontAsInTheirTables) {
  for (const Route& route : MakeRoutes(program_.Context())) {
    std::string path(route.path);
    if (const auto brace = path.find("{name}"); brace != path.npos) {
      path.replace(brace, 6, "job");
    }
    EXPECT_EQ(router_.AnswersAtOnce({.method = std::string(route.method), .path = path}),
              route.at_once)
        << route.method << " " << path;
  }
  for (const char* path : {"/metrics", "/-/healthy", "/-/ready", "/primary", "/read-write",
                           "/replica", "/read-only", "/style.css"}) {
    EXPECT_TRUE(router_.AnswersAtOnce({.method = "GET", .path = path})) << path;
  }
  for (const char* path : {"/", "/graph", "/alerts", "/probe", "/api/v1/query", "/federate",
                           "/api/v1/rules", "/api/v1/status/tsdb"}) {
    EXPECT_FALSE(router_.AnswersAtOnce({.method = "GET", .path = path})) << path;
  }
}

TEST_F(RoutesTest, CountRequests) {
  Get("/metrics");
  Get("/nowhere");
  EXPECT_EQ(instruments_.Value("hakem_http_requests_total", {"/metrics", "200"}), 1);
  EXPECT_EQ(instruments_.Value("hakem_http_requests_total", {"none", "404"}), 1);
}

}  // namespace
}  // namespace hakem::web

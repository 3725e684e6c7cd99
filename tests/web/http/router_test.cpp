#include "web/http/router.h"

#include <gmock/gmock.h>

#include <stdexcept>

#include "tests/support/recorded_instruments.h"

namespace hakem::web {
namespace {

using testing::Contains;

class RouterTest : public testing::Test {
 protected:
  RecordedInstruments instruments_;
  const Router router_{
      {{"GET", "/metrics", [](const Request&) { return TextResponse(200, "page"); }},
       {"GET", "/api/v1/query", [](const Request&) { return JsonResponse(200, "1"); }},
       {"POST", "/api/v1/query", [](const Request&) { return JsonResponse(200, "2"); }, true},
       {"POST", "/-/reload", [](const Request&) { return TextResponse(200, "reloaded"); }},
       {"DELETE", "/api/v2/silence", [](const Request&) { return JsonResponse(200, "{}"); }},
       {"GET", "/api/v1/label/{name}/values",
        [](const Request&) { return JsonResponse(200, "3"); }},
       {"GET", "/broken", [](const Request&) -> Response { throw std::runtime_error("boom"); }},
       {"GET", "/worse", [](const Request&) -> Response { throw 1; }}},
      instruments_,
      Log::Silent().For("web")};
};

TEST_F(RouterTest, AnswersByMethodAndPath) {
  EXPECT_EQ(*router_.Handle({.method = "GET", .path = "/api/v1/query"}).body, "1");
  EXPECT_EQ(*router_.Handle({.method = "POST", .path = "/api/v1/query"}).body, "2");
}

TEST_F(RouterTest, RefusesChangesFromOtherMachines) {
  Request request{.method = "POST", .path = "/-/reload", .client = {.address = "10.1.2.3"}};
  EXPECT_EQ(router_.Handle(request).status, 403);
  request.client.address = "127.0.0.1";
  request.headers = {{"Host", "localhost:9187"}};
  EXPECT_EQ(router_.Handle(request).status, 200);
  request.body = "a=b";
  EXPECT_EQ(router_.Handle(request).status, 415);
  EXPECT_EQ(router_.Handle({.method = "DELETE", .path = "/api/v2/silence"}).status, 403);
  EXPECT_EQ(router_.Handle({.method = "GET", .path = "/-/reload"}).status, 405);
}

TEST_F(RouterTest, MatchesAnySegmentForBraces) {
  const auto status = [&](const char* path) {
    return router_.Handle({.method = "GET", .path = path}).status;
  };
  EXPECT_EQ(status("/api/v1/label/job/values"), 200);
  EXPECT_EQ(status("/api/v1/label/a/b/values"), 404);
  EXPECT_EQ(status("/api/v1/label//values"), 404);
  EXPECT_EQ(status("/api/v1/label/job/valuess"), 404);
  EXPECT_EQ(instruments_.Value("hakem_http_requests_total", {"/api/v1/label/{name}/values", "200"}),
            1);
}

TEST_F(RouterTest, TreatsHeadAsGet) {
  EXPECT_EQ(router_.Handle({.method = "HEAD", .path = "/metrics"}).status, 200);
}

TEST_F(RouterTest, NamesTheNearestPathOfAnUnknownOne) {
  const Response response = router_.Handle({.method = "GET", .path = "/metric"});
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(*response.body,
            "404 page not found: no page \"/metric\", did you mean \"/metrics\"?\n");
  EXPECT_THAT(response.headers, Contains(HeaderField{"Content-Type", "text/plain; charset=utf-8"}));
}

TEST_F(RouterTest, AnswersUnknownApiPathsInTheEnvelope) {
  const Response response = router_.Handle({.method = "GET", .path = "/api/v1/\"x"});
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(*response.body, R"({"status":"error","errorType":"not_found",)"
                            R"("error":"404 page not found: no page \"/api/v1/\"x\""})");
  EXPECT_THAT(response.headers, Contains(HeaderField{"Content-Type", "application/json"}));
}

TEST_F(RouterTest, RefusesOtherMethodsAndNamesTheAllowedOnes) {
  const Response plain = router_.Handle({.method = "DELETE", .path = "/metrics"});
  EXPECT_EQ(plain.status, 405);
  EXPECT_THAT(plain.headers, Contains(HeaderField{"Allow", "GET, HEAD"}));
  EXPECT_EQ(*plain.body, "DELETE is not allowed on /metrics: use GET, HEAD\n");
  const Response api = router_.Handle({.method = "PUT", .path = "/api/v1/query"});
  EXPECT_THAT(api.headers, Contains(HeaderField{"Allow", "GET, HEAD, POST"}));
  EXPECT_EQ(*api.body, R"({"status":"error","errorType":"bad_data",)"
                       R"("error":"PUT is not allowed on /api/v1/query: use GET, HEAD, POST"})");
}

TEST_F(RouterTest, AnswersExceptionsOfHandlersWith500WithoutTheCause) {
  for (const auto* path : {"/broken", "/worse"}) {
    const Response response = router_.Handle({.method = "GET", .path = path});
    EXPECT_EQ(response.status, 500);
    EXPECT_EQ(*response.body, "internal error: the cause is in Hakem's log\n");
  }
}

TEST_F(RouterTest, CountsResponsesByPathAndStatus) {
  router_.Handle({.method = "GET", .path = "/metrics"});
  router_.Handle({.method = "HEAD", .path = "/metrics"});
  router_.Handle({.method = "POST", .path = "/metrics"});
  router_.Handle({.method = "GET", .path = "/invented"});
  EXPECT_EQ(instruments_.Value("hakem_http_requests_total", {"/metrics", "200"}), 2);
  EXPECT_EQ(instruments_.Value("hakem_http_requests_total", {"/metrics", "405"}), 1);
  EXPECT_EQ(instruments_.Value("hakem_http_requests_total", {"none", "404"}), 1);
}

TEST_F(RouterTest, KnowsWhatIsAnsweredAtOnce) {
  const auto answer = [](const Request&) { return TextResponse(200, ""); };
  const Router router({{.method = "GET", .path = "/metrics", .handler = answer, .at_once = true},
                       {.method = "POST", .path = "/metrics", .handler = answer},
                       {.method = "GET", .path = "/api/v1/query", .handler = answer}},
                      instruments_, Log::Silent().For("web"), AdminPolicy::kLocal, "/x");
  const auto at_once = [&](std::string method, std::string path) {
    return router.AnswersAtOnce({.method = std::move(method), .path = std::move(path)});
  };
  EXPECT_TRUE(at_once("GET", "/metrics"));
  EXPECT_TRUE(at_once("HEAD", "/x/metrics"));
  EXPECT_FALSE(at_once("POST", "/metrics"));
  EXPECT_FALSE(at_once("GET", "/api/v1/query"));
  EXPECT_FALSE(at_once("GET", "/y/metrics"));
  EXPECT_FALSE(at_once("GET", "/unknown"));
}

TEST_F(RouterTest, AnswersAlsoBelowThePathOfTheExternalUrl) {
  const Router router(
      {{"GET", "/", [](const Request&) { return TextResponse(200, "first"); }},
       {"GET", "/x/own", [](const Request&) { return TextResponse(200, "own"); }},
       {"GET", "/page", [](const Request& request) { return TextResponse(200, request.path); }}},
      instruments_, Log::Silent().For("web"), AdminPolicy::kLocal, "/x");
  const auto body = [&](const char* path) {
    return *router.Handle({.method = "GET", .path = path}).body;
  };
  EXPECT_EQ(body("/page"), "/page\n");
  EXPECT_EQ(body("/x/page"), "/page\n");
  EXPECT_EQ(body("/x/"), "first\n");
  EXPECT_EQ(body("/x"), "first\n");
  EXPECT_EQ(body("/x/own"), "own\n");
  EXPECT_EQ(router.Handle({.method = "GET", .path = "/xpage"}).status, 404);
  EXPECT_EQ(router.Handle({.method = "GET", .path = "/x/x/page"}).status, 404);
  EXPECT_EQ(router.Handle({.method = "POST", .path = "/x/page"}).status, 405);
}

}  // namespace
}  // namespace hakem::web

#include <gmock/gmock.h>

#include "tests/web/api_v1/api_fixture.h"
#include "web/endpoint/cross_origin.h"
#include "web/http/gzip.h"

namespace hakem::web {
namespace {

using testing::Contains;
using testing::Not;

class ApiRoutes : public ApiFixture {
 protected:
  Response Ask(std::string method, std::vector<HeaderField> headers) const {
    return router_->Handle({.method = std::move(method),
                            .path = "/api/v1/query",
                            .query = "query=1&time=1",
                            .headers = std::move(headers)});
  }
};

MATCHER_P(HasHeader, name, "is the header") {
  return arg.name == name;
}

TEST_F(ApiRoutes, CompressResponsesForClientsThatAcceptIt) {
  const Response plain = Ask("GET", {});
  EXPECT_THAT(plain.headers, Not(Contains(HasHeader("Content-Encoding"))));
  EXPECT_THAT(plain.headers, Contains(HeaderField{"Vary", "Accept-Encoding"}));
  const Response compressed = Ask("GET", {{"Accept-Encoding", "gzip"}});
  EXPECT_THAT(compressed.headers, Contains(HeaderField{"Content-Encoding", "gzip"}));
  EXPECT_EQ(*compressed.body, Gzip(*plain.body));
}

TEST_F(ApiRoutes, LetNoOtherOriginReadUnlessAllowed) {
  const HeaderField origin{"Origin", "https://grafana.example.com"};
  EXPECT_THAT(Ask("GET", {origin}).headers,
              Not(Contains(HasHeader("Access-Control-Allow-Origin"))));
  EXPECT_EQ(Ask("OPTIONS", {origin}).status, 405);
}

TEST_F(ApiRoutes, LetAllowedOriginsRead) {
  endpoints_.cross_origin = CrossOrigin(*Regex::Compile("https://grafana\\..*"));
  MakeRouter();
  const HeaderField origin{"Origin", "https://grafana.example.com"};
  const HeaderField allowed{"Access-Control-Allow-Origin", "https://grafana.example.com"};
  EXPECT_THAT(Ask("GET", {origin}).headers, Contains(allowed));
  EXPECT_EQ(Ask("OPTIONS", {origin}).status, 204);
  EXPECT_THAT(Ask("OPTIONS", {origin}).headers, Contains(allowed));
  EXPECT_THAT(Ask("GET", {{"Origin", "https://evil.example.com"}}).headers,
              Not(Contains(HasHeader("Access-Control-Allow-Origin"))));
}

}  // namespace
}  // namespace hakem::web

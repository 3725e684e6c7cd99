#include "web/http/http.h"

#include <gmock/gmock.h>

namespace hakem::web {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Request, FindsHeadersIgnoringCase) {
  const Request request{.headers = {{"Accept-Encoding", "gzip"}}};
  EXPECT_EQ(request.Header("accept-encoding"), "gzip");
  EXPECT_EQ(request.Header("Accept"), "");
}

TEST(Request, DecodesEveryValueOfAParameter) {
  const Request request{.query = "a=1&rule_name%5B%5D=many+games&b&rule_name[]=%D8%AD%2B&a=2"};
  EXPECT_THAT(request.Parameters("rule_name[]"), ElementsAre("many games", "ح+"));
  EXPECT_THAT(request.Parameters("a"), ElementsAre("1", "2"));
  EXPECT_THAT(request.Parameters("b"), ElementsAre(""));
  EXPECT_THAT(request.Parameters("c"), IsEmpty());
}

TEST(Request, KeepsInvalidEscapes) {
  const Request request{.query = "a=100%&b=%zz&c=%4"};
  EXPECT_THAT(request.Parameters("a"), ElementsAre("100%"));
  EXPECT_THAT(request.Parameters("b"), ElementsAre("%zz"));
  EXPECT_THAT(request.Parameters("c"), ElementsAre("%4"));
}

TEST(Request, ReadsParametersFromAFormBodyBeforeThoseOfTheUrl) {
  Request request{.method = "POST",
                  .query = "type=alert",
                  .headers = {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}},
                  .body = "type=record"};
  EXPECT_THAT(request.Parameters("type"), ElementsAre("record", "alert"));
  request.method = "GET";
  EXPECT_THAT(request.Parameters("type"), ElementsAre("alert"));
  request.method = "POST";
  request.headers = {{"Content-Type", "application/json"}};
  EXPECT_THAT(request.Parameters("type"), ElementsAre("alert"));
}

TEST(AcceptsGzip, FollowsNamesAndWeights) {
  EXPECT_TRUE(AcceptsGzip("gzip"));
  EXPECT_TRUE(AcceptsGzip("deflate, GZIP;q=0.5"));
  EXPECT_TRUE(AcceptsGzip("*"));
  EXPECT_TRUE(AcceptsGzip("identity;q=0, *;q=0.1"));
  EXPECT_FALSE(AcceptsGzip(""));
  EXPECT_FALSE(AcceptsGzip("br, identity"));
  EXPECT_FALSE(AcceptsGzip("gzip;q=0"));
  EXPECT_FALSE(AcceptsGzip("*, gzip; q=0.000"));
}

}  // namespace
}  // namespace hakem::web

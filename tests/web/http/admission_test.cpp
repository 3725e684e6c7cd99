#include "web/http/admission.h"

#include <gmock/gmock.h>

namespace hakem::web {
namespace {

using testing::HasSubstr;

struct Case {
  const char* name;
  Admission expected;
  Request request;
};

Request From(std::string address, std::vector<HeaderField> headers, std::string body = "") {
  return {.method = "POST",
          .path = "/-/reload",
          .headers = std::move(headers),
          .body = std::move(body),
          .client = {.address = std::move(address)}};
}

Request Authenticated(Request request, bool encrypted = true) {
  request.client.authenticated = true;
  request.client.encrypted = encrypted;
  return request;
}

class JudgeChangeTest : public testing::TestWithParam<Case> {};

TEST_P(JudgeChangeTest, NamesItsReason) {
  EXPECT_EQ(JudgeChange(GetParam().request, AdminPolicy::kLocal), GetParam().expected);
}

const HeaderField kLocalHost{"Host", "localhost:9187"};

INSTANTIATE_TEST_SUITE_P(
    Requests, JudgeChangeTest,
    testing::Values(
        Case{"Local", Admission::kLocal, From("127.0.0.1", {kLocalHost})},
        Case{"LocalByAddress", Admission::kLocal, From("127.0.0.1", {{"Host", "127.0.0.1:9187"}})},
        Case{"LocalIpv6", Admission::kLocal, From("::1", {{"Host", "[::1]:9187"}})},
        Case{"LocalMapped", Admission::kLocal, From("::ffff:127.0.0.1", {{"Host", "LOCALHOST"}})},
        Case{"LocalPage", Admission::kLocal,
             From("127.0.0.1", {kLocalHost, {"Origin", "http://localhost:9187"}})},
        Case{"LocalJson", Admission::kLocal,
             From("127.0.0.1", {kLocalHost, {"Content-Type", "application/json; charset=utf-8"}},
                  "{}")},
        Case{"OtherMachine", Admission::kForeignClient, From("10.1.2.3", {kLocalHost})},
        Case{"UnknownMachine", Admission::kForeignClient, From("", {kLocalHost})},
        Case{"AddressThatOnlyBeginsSo", Admission::kForeignClient,
             From("127.evil.example", {kLocalHost})},
        Case{"ReboundName", Admission::kForeignHost,
             From("127.0.0.1", {{"Host", "evil.example:9187"}})},
        Case{"NoHost", Admission::kForeignHost, From("127.0.0.1", {})},
        Case{"NameThatOnlyBeginsSo", Admission::kForeignHost,
             From("127.0.0.1", {{"Host", "localhost.evil.example"}})},
        Case{"ForeignPage", Admission::kForeignOrigin,
             From("127.0.0.1", {kLocalHost, {"Origin", "http://evil.example"}})},
        Case{"PageOfAnotherPort", Admission::kForeignOrigin,
             From("127.0.0.1", {kLocalHost, {"Origin", "http://localhost:3000"}})},
        Case{"PageWithoutOrigin", Admission::kForeignOrigin,
             From("127.0.0.1", {kLocalHost, {"Origin", "null"}})},
        Case{"CrossSite", Admission::kForeignOrigin,
             From("127.0.0.1", {kLocalHost, {"Sec-Fetch-Site", "cross-site"}})},
        Case{"Proxied", Admission::kForwarded,
             From("127.0.0.1", {kLocalHost, {"X-Forwarded-For", "10.1.2.3"}})},
        Case{"ProxiedWithoutAValue", Admission::kForwarded,
             From("127.0.0.1", {kLocalHost, {"X-Forwarded-For", ""}})},
        Case{"ProxiedBesideAnEmptyOne", Admission::kForwarded,
             From("127.0.0.1", {kLocalHost, {"Via", ""}, {"via", "1.1 proxy"}})},
        Case{"FormBody", Admission::kNotJson,
             From("127.0.0.1", {kLocalHost, {"Content-Type", "text/plain"}}, "{}")},
        Case{"BodyOfNoType", Admission::kNotJson, From("127.0.0.1", {kLocalHost}, "{}")},
        Case{"AuthenticatedFromAfar", Admission::kAuthenticated,
             Authenticated(From("10.1.2.3", {{"Host", "hakem.example"}}))},
        Case{"AuthenticatedOwnPage", Admission::kAuthenticated,
             Authenticated(From("10.1.2.3",
                                {{"Host", "hakem.example"}, {"Origin", "https://hakem.example"}}))},
        Case{"AuthenticatedForeignPage", Admission::kForeignOrigin,
             Authenticated(From("10.1.2.3",
                                {{"Host", "hakem.example"}, {"Origin", "https://evil.example"}}))},
        Case{"AuthenticatedPageOfAnotherScheme", Admission::kForeignOrigin,
             Authenticated(From("10.1.2.3",
                                {{"Host", "hakem.example"}, {"Origin", "http://hakem.example"}}))}),
    [](const auto& test) { return test.param.name; });

TEST(JudgeChange, RecognisesProxiesByAnyHeaderThatTheyAdd) {
  for (const char* name : {"Forwarded",          "X-Forwarded-For",
                           "X-Forwarded-Host",   "X-Forwarded-Proto",
                           "X-Forwarded-Port",   "X-Forwarded-Server",
                           "x-forwarded-prefix", "X-Forwarded",
                           "X-Real-IP",          "Via",
                           "CF-Connecting-IP",   "CF-Ray",
                           "True-Client-IP",     "CDN-Loop",
                           "X-Client-IP",        "X-Cluster-Client-IP",
                           "X-Original-URI",     "X-Original-Forwarded-For",
                           "X-Envoy-Internal",   "Fastly-Client-IP",
                           "X-Amzn-Trace-Id",    "X-Amz-Cf-Id",
                           "X-Azure-ClientIP",   "Fly-Client-IP",
                           "X-ProxyUser-Ip",     "Proxy-Connection",
                           "Client-IP",          "X-Remote-Addr",
                           "X-Scheme",           "Max-Forwards",
                           "Front-End-Https",    "X-SSL-Client-Cert",
                           "X-Request-ID"}) {
    const Request request = From("127.0.0.1", {kLocalHost, {name, "x"}});
    EXPECT_EQ(JudgeChange(request, AdminPolicy::kLocal), Admission::kForwarded) << name;
    EXPECT_THAT(Explain(Admission::kForwarded, request), HasSubstr(name));
  }
}

TEST(JudgeChange, AcceptsHeadersThatProgramsAndBrowsersSend) {
  const Request request = From("127.0.0.1",
                               {kLocalHost,
                                {"User-Agent", "curl/7.88.1"},
                                {"Accept", "*/*"},
                                {"Connection", "close"},
                                {"Content-Type", "application/json"},
                                {"Sec-Fetch-Site", "same-origin"},
                                {"Sec-Fetch-Mode", "cors"},
                                {"Referer", "http://localhost:9187/"},
                                {"Accept-Language", "fa"},
                                {"Cookie", "a=b"},
                                {"X-Requested-With", "XMLHttpRequest"},
                                {"Cache-Control", "no-cache"},
                                {"DNT", "1"},
                                {"Priority", "u=0"}},
                               "{}");
  EXPECT_EQ(JudgeChange(request, AdminPolicy::kLocal), Admission::kLocal);
}

TEST(JudgeChange, ShortensLongValuesInExplanations) {
  const Request request = From("127.0.0.1", {{"Host", std::string(15000, 'x')}});
  EXPECT_LT(Explain(Admission::kForeignHost, request).size(), 600U);
}

TEST(JudgeChange, RequiresJsonBodiesEvenWhenOpen) {
  EXPECT_EQ(JudgeChange(From("10.1.2.3", {}), AdminPolicy::kOpen), Admission::kOpen);
  EXPECT_EQ(JudgeChange(From("10.1.2.3", {}, "a=b"), AdminPolicy::kOpen), Admission::kNotJson);
}

TEST(JudgeChange, ExplainsARefusalWithTheSetting) {
  const Request request = From("10.1.2.3", {});
  EXPECT_EQ(Explain(Admission::kForeignClient, request),
            "changes are taken from this machine alone, and 10.1.2.3 is another; name users or "
            "client certificates in the file of web.config_file, or set web.admin: open");
  for (const auto refused : {Admission::kForeignOrigin, Admission::kForeignClient,
                             Admission::kForwarded, Admission::kForeignHost}) {
    EXPECT_FALSE(IsGranted(refused));
    EXPECT_THAT(Explain(refused, request), HasSubstr("web.admin: open"));
  }
  for (const auto granted : {Admission::kOpen, Admission::kAuthenticated, Admission::kLocal}) {
    EXPECT_TRUE(IsGranted(granted));
  }
}

}  // namespace
}  // namespace hakem::web

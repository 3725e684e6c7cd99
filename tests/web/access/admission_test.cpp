#include "web/access/admission.h"

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

TEST(JudgeChange, LetsEveryoneInWhenOpenButForTheBody) {
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

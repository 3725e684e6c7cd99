#include "web/access/web_config.h"

#include <fmt/format.h>

#include "tests/support/matchers.h"

namespace hakem::web {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;

constexpr std::string_view kHash = "$2b$04$abcdefghijklmnopqrstuu8eMT1gtBhVcNqXW136wdnmHwzCZvF5e";

TEST(ParseWebConfig, ReadsEveryKey) {
  const auto config = ParseWebConfig(fmt::format(R"(
tls_server_config:
  cert_file: server.pem
  key_file: /etc/hakem/server.key
  client_auth_type: RequireAndVerifyClientCert
  client_ca_file: ../ca.pem
  client_allowed_sans: [client.example]
  min_version: TLS11
  max_version: TLS13
  cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TLS_AES_256_GCM_SHA384]
  curve_preferences: [X25519, CurveP256]
  prefer_server_cipher_suites: false
http_server_config:
  http2: true
  headers: {{Strict-Transport-Security: max-age=31536000, x-frame-options: deny}}
basic_auth_users:
  prometheus: {}
rate_limit: {{interval: 500ms, burst: 20}}
)",
                                                 kHash),
                                     "/etc/hakem/web/web.yml");
  ASSERT_THAT(config, IsOk());
  ASSERT_TRUE(config->tls);
  EXPECT_EQ(config->tls->cert_file, "/etc/hakem/web/server.pem");
  EXPECT_EQ(config->tls->client_auth, ClientAuth::kRequireAndVerify);
  EXPECT_EQ(config->tls->min_version, TlsVersion::kTls11);
  EXPECT_THAT(config->tls->tls12_ciphers, ElementsAre("ECDHE-RSA-AES128-GCM-SHA256"));
  EXPECT_THAT(config->tls->tls13_ciphers, ElementsAre("TLS_AES_256_GCM_SHA384"));
  EXPECT_THAT(config->tls->curves, ElementsAre("X25519", "P-256"));
  EXPECT_THAT(config->tls->client_allowed_sans, ElementsAre("client.example"));
  EXPECT_FALSE(config->tls->prefer_server_ciphers);
  EXPECT_THAT(config->Files(), ElementsAre("/etc/hakem/web/server.pem", "/etc/hakem/server.key",
                                           "/etc/hakem/ca.pem"));
  EXPECT_THAT(config->headers,
              ElementsAre(HeaderField{"Strict-Transport-Security", "max-age=31536000"},
                          HeaderField{"X-Frame-Options", "deny"}));
  EXPECT_THAT(config->notes,
              ElementsAre("http_server_config.http2 has no effect: Hakem speaks HTTP/1.1"));
  EXPECT_EQ(config->users.at("prometheus").Reveal(), kHash);
  EXPECT_EQ(config->rate_limit.interval, std::chrono::milliseconds(500));
  EXPECT_EQ(config->rate_limit.burst, 20);
}

TEST(ParseWebConfig, AcceptsAnEmptyFile) {
  const auto config = ParseWebConfig("", "web.yml");
  ASSERT_THAT(config, IsOk());
  EXPECT_FALSE(config->tls);
  EXPECT_THAT(config->users, IsEmpty());
}

struct Bad {
  const char* name;
  const char* text;
  const char* message;
};

class BadWebConfigTest : public testing::TestWithParam<Bad> {};

TEST_P(BadWebConfigTest, IsRefusedWithThePlaceOfTheError) {
  EXPECT_THAT(ParseWebConfig(GetParam().text, "web.yml"),
              HasMessage(StartsWith(GetParam().message)));
}

INSTANTIATE_TEST_SUITE_P(
    Files, BadWebConfigTest,
    testing::Values(
        Bad{"UnknownKey", "tls_server_confg: {}",
            "web.yml:1:1: unknown key \"tls_server_confg\", did you mean \"tls_server_config\"?"},
        Bad{"NoKey", "tls_server_config:\n  cert_file: a",
            "web.yml:2:3: tls_server_config needs key_file (or key)"},
        Bad{"BothForms", "tls_server_config: {cert_file: a, cert: b, key_file: c}",
            "web.yml:1:41: cert and cert_file are both there: keep one"},
        Bad{"KeyInsteadOfItsPath",
            "tls_server_config:\n  cert_file: a\n  key_file: |\n    -----BEGIN PRIVATE KEY-----",
            "web.yml:3:13: key_file holds a PEM text instead of a path: give it as key"},
        Bad{"UnknownClientAuth",
            "tls_server_config: {cert_file: a, key_file: b, client_auth_type: RequireClientCrt}",
            "web.yml:1:66: client_auth_type: unknown value \"RequireClientCrt\", did you mean "
            "\"RequireClientCert\"?"},
        Bad{"UnknownVersion", "tls_server_config: {cert_file: a, key_file: b, min_version: TLS1.2}",
            "web.yml:1:61: min_version: unknown value \"TLS1.2\", did you mean \"TLS12\"?"},
        Bad{"UnknownCipher",
            "tls_server_config: {cert_file: a, key_file: b, cipher_suites: [TLS_AES_128_GCM]}",
            "web.yml:1:63: cipher_suites: unknown value \"TLS_AES_128_GCM\""},
        Bad{"UnknownCurve",
            "tls_server_config: {cert_file: a, key_file: b, curve_preferences: [CurveP255]}",
            "web.yml:1:67: curve_preferences: unknown value \"CurveP255\", did you mean "
            "\"CurveP256\"?"},
        Bad{"CaWithoutUse", "tls_server_config: {cert_file: a, key_file: b, client_ca_file: c}",
            "web.yml:1:64: client_ca_file has no effect without client_auth_type"},
        Bad{"VerifyWithoutCa",
            "tls_server_config: {cert_file: a, key_file: b, client_auth_type: "
            "VerifyClientCertIfGiven}",
            "web.yml:1:66: this client_auth_type needs client_ca_file"},
        Bad{"NamesOfNobody",
            "tls_server_config: {cert_file: a, key_file: b, client_allowed_sans: [c]}",
            "web.yml:1:69: client_allowed_sans needs client_auth_type"},
        Bad{"VersionsCrossed",
            "tls_server_config: {cert_file: a, key_file: b, min_version: TLS13, max_version: "
            "TLS12}",
            "web.yml:1:61: min_version is above max_version"},
        Bad{"PlainPassword", "basic_auth_users:\n  anna: canary-secret",
            "web.yml:2:9: basic_auth_users: what stands for \"anna\" is not a bcrypt hash"},
        Bad{"UserTwice", "basic_auth_users:\n  a: b\n  a: b", "web.yml:3:3:"},
        Bad{"ForbiddenHeader", "http_server_config: {headers: {Set-Cookie: a}}",
            "web.yml:1:32: header \"Set-Cookie\" cannot be set"},
        Bad{"HeaderValue", "http_server_config: {headers: {X-Frame-Options: allow}}",
            "web.yml:1:49: header X-Frame-Options: \"allow\" is not deny or sameorigin"},
        Bad{"NoBurst", "rate_limit: {interval: 1s}",
            "web.yml:1:13: rate_limit: burst must be at least 1"}),
    [](const auto& test) { return test.param.name; });

TEST(ParseWebConfig, NeverPrintsPasswords) {
  const auto config = ParseWebConfig("basic_auth_users: {anna: canary-secret}", "web.yml");
  ASSERT_FALSE(config);
  EXPECT_THAT(config.error().message, testing::Not(testing::HasSubstr("canary")));
}

}  // namespace
}  // namespace hakem::web

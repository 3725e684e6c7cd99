#include "web/access/web_config_file.h"

#include <filesystem>
#include <future>
#include <optional>

#include "tests/support/fake_clock.h"
#include "tests/support/http/certificates.h"
#include "tests/support/matchers.h"
#include "tests/support/recorded_instruments.h"
#include "web/access/access_control.h"

namespace hakem::web {
namespace {

using std::chrono::seconds;
using testing::Contains;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kUsers =
    "basic_auth_users: {anna: \"$2b$04$abcdefghijklmnopqrstuu8eMT1gtBhVcNqXW136wdnmHwzCZvF5e\"}\n";
constexpr std::string_view kRightHeader = "Basic YW5uYTpjYW5hcnktc2VjcmV0";  // anna:canary-secret
constexpr std::string_view kTls =
    "tls_server_config: {cert_file: server.pem, key_file: server.key}\n";

class WebConfigFileTest : public testing::Test {
 protected:
  Result<std::unique_ptr<WebConfigFile>> Open(std::string_view text) {
    kFolder.Write("web.yml", text);
    return WebConfigFile::Open(
        kFolder.Path("web.yml"),
        {.clock = clock_, .instruments = instruments_, .log = Log::Silent().For("web")});
  }

  void Write(std::string_view text) {
    kFolder.Write("web.yml", text);
    clock_.Advance(seconds(1));
  }

  double LastReload() { return instruments_.Value("hakem_web_config_last_reload_successful"); }

  static inline const Certificates kFolder;
  FakeClock clock_;
  RecordedInstruments instruments_;
};

TEST_F(WebConfigFileTest, RefusesAFileThatCannotBeRead) {
  EXPECT_THAT(WebConfigFile::Open(
                  "/nowhere/web.yml",
                  {.clock = clock_, .instruments = instruments_, .log = Log::Silent().For("web")}),
              HasMessage("cannot read /nowhere/web.yml: No such file or directory"));
  EXPECT_THAT(Open("tls_server_config: {cert_file: none.pem, key_file: server.key}"),
              HasMessage(HasSubstr("none.pem: No such file or directory")));
  EXPECT_THAT(Open("tls_server_config: {cert_file: server.pem, key_file: client.key}"),
              HasMessage(HasSubstr("client.key: is not the certificate's: key values mismatch")));
  EXPECT_THAT(Open("tls_server_config: {cert_file: server.key, key_file: server.key}"),
              HasMessage(HasSubstr("server.key: no certificate: ")));
}

TEST_F(WebConfigFileTest, ReloadsAChangedFile) {
  const auto file = Open("{}");
  ASSERT_THAT(file, IsOk());
  const auto before = (*file)->Current();
  EXPECT_TRUE(before->config.users.empty());
  Write(kUsers);
  EXPECT_EQ((*file)->Current()->config.users.size(), 1U);
  EXPECT_TRUE(before->config.users.empty()) << "who holds the old one keeps it";
  EXPECT_EQ((*file)->Current(), (*file)->Current());
}

TEST_F(WebConfigFileTest, KeepsTheOldConfigurationWhenTheNewOneIsInvalid) {
  const auto file = Open(kUsers);
  ASSERT_THAT(file, IsOk());
  EXPECT_EQ(LastReload(), 1);
  const auto good = (*file)->Current();
  Write("basic_auth_users: {anna: open-sesame}");
  EXPECT_EQ((*file)->Current(), good);
  EXPECT_EQ(LastReload(), 0);
  Write(kTls);
  EXPECT_EQ((*file)->Current(), good) << "TLS does not come while it runs";
  Write("# better\n" + std::string(kUsers));
  EXPECT_NE((*file)->Current(), good);
  EXPECT_EQ(LastReload(), 1);
}

TEST_F(WebConfigFileTest, KeepsUsersWhenTheFileIsEmptyOrMissing) {
  const auto file = Open(kUsers);
  ASSERT_THAT(file, IsOk());
  const auto good = (*file)->Current();
  for (const std::string_view text : {"", " \n\n", "\xFF\xFE\n", "\0\0"}) {
    Write(text);
    EXPECT_EQ((*file)->Current(), good) << text;
    EXPECT_EQ(LastReload(), 0);
  }
  const std::string path = kFolder.Path("web.yml");
  std::filesystem::remove(path);
  std::filesystem::create_directory(path);
  clock_.Advance(seconds(1));
  EXPECT_EQ((*file)->Current(), good);
  EXPECT_EQ(LastReload(), 0);
  std::filesystem::remove(path);
  Write("# the same\n" + std::string(kUsers));
  EXPECT_NE((*file)->Current(), good);
  EXPECT_EQ(LastReload(), 1);
}

TEST_F(WebConfigFileTest, DropsAllUsersWhenTheFileIsUnchangedAtTheNextCheck) {
  const auto file = Open(kUsers);
  ASSERT_THAT(file, IsOk());
  const auto good = (*file)->Current();
  Write("http_server_config: {http2: false}\n");  // As a half-written file.
  EXPECT_EQ((*file)->Current(), good);
  Write("http_server_config: {http2: false}\nbasic_auth_users:\n");
  EXPECT_EQ((*file)->Current(), good);
  Write("http_server_config: {http2: false}\n" + std::string(kUsers));
  EXPECT_EQ((*file)->Current()->config.users.size(), 1U);
  Write("{}");
  EXPECT_EQ((*file)->Current()->config.users.size(), 1U);
  clock_.Advance(seconds(1));
  EXPECT_TRUE((*file)->Current()->config.users.empty());
  EXPECT_EQ(LastReload(), 1);
}

TEST_F(WebConfigFileTest, RefusesAnEmptyFileAtTheStart) {
  EXPECT_THAT(Open(""), HasMessage(testing::EndsWith("web.yml: it is empty")));
}

TEST_F(WebConfigFileTest, LoadsANewCertificate) {
  const auto file = Open(kTls);
  ASSERT_THAT(file, IsOk());
  const auto before = (*file)->Current();
  ASSERT_NE(before->tls, nullptr);
  kFolder.RenewServer();
  clock_.Advance(seconds(1));
  EXPECT_NE((*file)->Current()->tls, before->tls);
  EXPECT_EQ(LastReload(), 1);
}

class AccessControlTest : public WebConfigFileTest {
 protected:
  void Serve(std::string_view text) {
    auto file = Open(text);
    ASSERT_THAT(file, IsOk());
    file_ = *std::move(file);
    access_ = std::make_unique<AccessControl>(*file_, clock_, instruments_);
  }

  Response Ask(std::string_view authorization = "") {
    Request request{.method = "GET", .path = "/metrics"};
    if (!authorization.empty()) {
      request.headers = {{"Authorization", std::string(authorization)}};
    }
    std::promise<Verdict> later;
    std::optional<Verdict> verdict =
        access_->Judge(request, [&](Verdict judged) { later.set_value(std::move(judged)); });
    if (!verdict) {
      verdict = later.get_future().get();
    }
    Response response =
        verdict->refusal.value_or(TextResponse(200, verdict->authenticated ? "known" : "unknown"));
    access_->AddHeaders(response);
    return response;
  }

  std::unique_ptr<WebConfigFile> file_;
  std::unique_ptr<AccessControl> access_;
};

TEST_F(AccessControlTest, LetsEveryoneInWithoutUsers) {
  Serve("{}");
  EXPECT_EQ(*Ask().body, "unknown\n");
}

TEST_F(AccessControlTest, RequiresAPassword) {
  Serve(kUsers);
  const Response refused = Ask();
  EXPECT_EQ(refused.status, 401);
  EXPECT_THAT(refused.headers, Contains(HeaderField{"WWW-Authenticate",
                                                    "Basic realm=\"Hakem\", charset=\"UTF-8\""}));
  EXPECT_EQ(*Ask(kRightHeader).body, "known\n");
  EXPECT_EQ(*Ask("basic YW5uYTpjYW5hcnktc2VjcmV0").body, "known\n");
  EXPECT_EQ(Ask("Basic YW5uYTp3cm9uZw==").status, 401);
  EXPECT_EQ(instruments_.Value("hakem_http_refused_total", {"password"}), 2);
}

TEST_F(AccessControlTest, RefusesInvalidAuthorizationHeaders) {
  Serve(kUsers);
  for (const char* header :
       {"Basic", "Basic !", "Basic YW5uYQ==", "Bearer YW5uYTpjYW5hcnktc2VjcmV0", "YW5uYQ=="}) {
    EXPECT_EQ(Ask(header).status, 401) << header;
  }
}

TEST_F(AccessControlTest, AcceptsVerifiedPasswordsAtOnce) {
  Serve(kUsers);
  ASSERT_EQ(Ask(kRightHeader).status, 200);
  const Request request{.method = "GET", .headers = {{"Authorization", std::string(kRightHeader)}}};
  const auto never = [](const Verdict&) { FAIL() << "it was checked again"; };
  const std::optional<Verdict> verdict = access_->Judge(request, never);
  ASSERT_TRUE(verdict.has_value());
  EXPECT_TRUE(verdict->authenticated);
}

TEST_F(AccessControlTest, RefusesTooLongCredentialsWithoutParsing) {
  Serve(kUsers);
  EXPECT_EQ(Ask("Basic " + std::string(5000, 'Y')).status, 401);
}

TEST_F(AccessControlTest, LimitsTheRate) {
  Serve("rate_limit: {interval: 10s, burst: 2}");
  EXPECT_EQ(Ask().status, 200);
  EXPECT_EQ(Ask().status, 200);
  const Response refused = Ask();
  EXPECT_EQ(refused.status, 429);
  EXPECT_THAT(refused.headers, Contains(HeaderField{"Retry-After", "1"}));
  clock_.Advance(seconds(10));
  EXPECT_EQ(Ask().status, 200);
  EXPECT_EQ(Ask().status, 429);
  EXPECT_EQ(instruments_.Value("hakem_http_refused_total", {"rate"}), 2);
}

TEST_F(AccessControlTest, AddsHeadersToEveryResponse) {
  Serve("http_server_config: {headers: {X-Frame-Options: deny, Cache-Control: no-store}}\n" +
        std::string(kUsers));
  for (const Response& response : {Ask(), Ask(kRightHeader)}) {
    EXPECT_THAT(response.headers, Contains(HeaderField{"X-Frame-Options", "deny"}));
    EXPECT_THAT(response.headers, Contains(HeaderField{"Cache-Control", "no-store"}));
  }
}

}  // namespace
}  // namespace hakem::web

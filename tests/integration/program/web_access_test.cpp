// TLS and passwords of web.yml, tested with curl, openssl and a real Prometheus.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <thread>
#include <vector>

#include "model/clock.h"
#include "tests/support/http/certificates.h"
#include "tests/support/http/connection_count.h"
#include "tests/support/matchers.h"
#include "tests/support/programs/hakem_process.h"
#include "tests/support/programs/prometheus_server.h"
#include "tests/support/programs/shell.h"
#include "tests/support/recorded_instruments.h"
#include "web/access/access_control.h"
#include "web/server/server.h"

namespace hakem {
namespace {

using std::chrono::seconds;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view kPassword = "canary-secret";
constexpr std::string_view kUsers =
    "basic_auth_users: {prometheus: "
    "\"$2b$04$abcdefghijklmnopqrstuu8eMT1gtBhVcNqXW136wdnmHwzCZvF5e\"}\n";

std::string Tls(std::string_view more = "") {
  return fmt::format("tls_server_config: {{cert_file: server.pem, key_file: server.key{}{}}}\n",
                     more.empty() ? "" : ", ", more);
}

/// A server with a web.yml in its own folder, which returns to each client its identity.
class GuardedServer {
 public:
  explicit GuardedServer(std::string_view web_yml) {
    folder_.Write("web.yml", web_yml);
    auto file = web::WebConfigFile::Open(
        folder_.Path("web.yml"),
        {.clock = SystemClock(), .instruments = instruments_, .log = Log::Silent().For("web")});
    EXPECT_THAT(file, IsOk());
    file_ = *std::move(file);
    access_ = std::make_unique<web::AccessControl>(*file_, SystemClock(), instruments_);
    web::TlsSource tls;
    if (file_->Current()->tls != nullptr) {
      tls = [this] { return file_->Current()->tls; };
    }
    auto server = web::Server::Start({.address = {"127.0.0.1", 0},
                                      .tls = std::move(tls),
                                      .authorizer = access_.get(),
                                      .instruments = &instruments_},
                                     Answer, Log::Silent().For("web"));
    EXPECT_THAT(server, IsOk());
    server_ = *std::move(server);
  }

  const Certificates& folder() const { return folder_; }

  std::uint16_t port() const { return server_->port(); }

  web::Server& server() { return *server_; }

  double Refused(std::string_view reason) const {
    return instruments_.Value("hakem_http_refused_total", {reason});
  }

  /// curl's output for `https://localhost/`, with the CA trusted; its own words when it fails.
  std::string Curl(std::string_view options = "", std::string_view path = "/") const {
    const ShellOutput output =
        RunShell(fmt::format("cd {} && curl -sS --max-time 20 --cacert ca.pem {} "
                             "https://localhost:{}{}",
                             ShellWord(folder_.folder()), options, port(), path));
    return output.text;
  }

 private:
  static web::Response Answer(const web::Request& request) {
    if (request.path == "/big") {
      return {.body = std::make_shared<const std::string>(5 << 20, 'x')};
    }
    if (request.path == "/echo") {
      return web::TextResponse(200, fmt::format("{} bytes", request.body.size()));
    }
    return web::TextResponse(
        200, fmt::format("{} {} {}", request.client.address,
                         request.client.encrypted ? "encrypted" : "plain",
                         request.client.authenticated ? "authenticated" : "unknown"));
  }

  const Certificates folder_;
  RecordedInstruments instruments_;
  std::unique_ptr<web::WebConfigFile> file_;
  std::unique_ptr<web::AccessControl> access_;
  std::unique_ptr<web::Server> server_;
};

TEST(Tls, ServesHttpAndKeepsTheClientsAddress) {
  const GuardedServer guarded(Tls());
  EXPECT_EQ(guarded.Curl(), "127.0.0.1 encrypted unknown\n");
  EXPECT_EQ(guarded.Curl("--tlsv1.3"), "127.0.0.1 encrypted unknown\n");
  EXPECT_EQ(guarded.Curl("--tls-max 1.2"), "127.0.0.1 encrypted unknown\n");
  EXPECT_THAT(guarded.Curl("--tls-max 1.1 --ciphers DEFAULT@SECLEVEL=0"), StartsWith("curl: (35)"));
}

TEST(Tls, CarriesBodiesLargerThanItsBuffers) {
  const GuardedServer guarded(Tls());
  EXPECT_EQ(guarded.Curl("-o /dev/null -w '%{size_download}'", "/big"), "5242880");
  EXPECT_EQ(guarded.Curl("--http1.1 --data-binary @/bin/true -H Expect:", "/echo"),
            fmt::format("{} bytes\n", std::filesystem::file_size("/bin/true")));
}

TEST(Tls, KeepsAConnectionForTheNextRequest) {
  const GuardedServer guarded(Tls());
  const std::string connects = "-o /dev/null -w '%{num_connects} '";
  EXPECT_EQ(
      guarded.Curl(fmt::format("{} https://localhost:{}/ -o /dev/null", connects, guarded.port())),
      "1 0 ");
}

TEST(Tls, InformsAPlainClientThatTlsIsRequired) {
  const GuardedServer guarded(Tls());
  const ShellOutput plain = RunShell(fmt::format(
      "curl -sS --max-time 20 -w '%{{http_code}}' http://127.0.0.1:{}/", guarded.port()));
  EXPECT_EQ(plain.text, "this port speaks HTTPS: write https:// in place of http://\n400");
}

TEST(Tls, AcceptsOnlyTheProtocolVersionsOfTheFile) {
  const GuardedServer only13(Tls("min_version: TLS13"));
  EXPECT_THAT(only13.Curl("--tls-max 1.2"), StartsWith("curl: (35)"));
  EXPECT_EQ(only13.Refused("tls"), 1);
  EXPECT_EQ(only13.Curl(), "127.0.0.1 encrypted unknown\n");
  const GuardedServer picky(
      Tls("max_version: TLS12, cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384], "
          "curve_preferences: [CurveP384]"));
  const auto connect = [&](std::string_view options) {
    return RunShell(fmt::format("openssl s_client -connect 127.0.0.1:{} {} </dev/null",
                                picky.port(), options))
        .text;
  };
  EXPECT_THAT(connect(""), AllOf(HasSubstr("Cipher is ECDHE-ECDSA-AES256-GCM-SHA384"),
                                 HasSubstr("ECDH, secp384r1, 384 bits")));
  EXPECT_THAT(connect("-cipher ECDHE-ECDSA-AES128-GCM-SHA256"), HasSubstr("Cipher is (NONE)"));
  EXPECT_THAT(connect("-groups P-256"), HasSubstr("Cipher is (NONE)"));
}

TEST(Tls, AcceptsOldVersionsIfConfigured) {
  const GuardedServer old(Tls("min_version: TLS10, max_version: TLS11"));
  EXPECT_EQ(old.Curl("--tlsv1.0 --tls-max 1.1 --ciphers DEFAULT@SECLEVEL=0"),
            "127.0.0.1 encrypted unknown\n");
}

struct ClientCase {
  const char* name;
  const char* type;
  const char* none;      ///< Start of the response to a client without a certificate.
  const char* ours;      ///< Start of the response to one with our CA's certificate.
  const char* stranger;  ///< Start of the response to one with another certificate.
};

class ClientCertificates : public testing::TestWithParam<ClientCase> {};

constexpr const char* kUnknown = "127.0.0.1 encrypted unknown";
constexpr const char* kKnown = "127.0.0.1 encrypted authenticated";
constexpr const char* kRefused = "curl: (";

TEST_P(ClientCertificates, AreRequiredAsConfigured) {
  const std::string type = GetParam().type;
  const GuardedServer guarded(Tls("client_auth_type: " + type +
                                  (type == "NoClientCert" ? "" : ", client_ca_file: ca.pem")));
  EXPECT_THAT(guarded.Curl(), StartsWith(GetParam().none));
  EXPECT_THAT(guarded.Curl("--cert client.pem --key client.key"), StartsWith(GetParam().ours));
  EXPECT_THAT(guarded.Curl("--cert stranger.pem --key stranger.key"),
              StartsWith(GetParam().stranger));
}

INSTANTIATE_TEST_SUITE_P(
    Types, ClientCertificates,
    testing::Values(
        ClientCase{"No", "NoClientCert", kUnknown, kUnknown, kUnknown},
        ClientCase{"Request", "RequestClientCert", kUnknown, kUnknown, kUnknown},
        ClientCase{"RequireAny", "RequireAnyClientCert", kRefused, kUnknown, kUnknown},
        ClientCase{"VerifyIfGiven", "VerifyClientCertIfGiven", kUnknown, kKnown, kRefused},
        ClientCase{"RequireAndVerify", "RequireAndVerifyClientCert", kRefused, kKnown, kRefused}),
    [](const auto& test) { return test.param.name; });

TEST(Tls, AcceptsOnlyTheConfiguredNames) {
  constexpr std::string_view kVerified =
      "client_auth_type: RequireAndVerifyClientCert, client_ca_file: ca.pem, ";
  const std::string options = "--cert client.pem --key client.key";
  const GuardedServer allowed(
      Tls(std::string(kVerified) + "client_allowed_sans: [other.example, client.example]"));
  EXPECT_THAT(allowed.Curl(options), StartsWith(kKnown));
  const GuardedServer other(Tls(std::string(kVerified) + "client_allowed_sans: [other.example]"));
  EXPECT_THAT(other.Curl(options), StartsWith(kRefused));
}

TEST(Tls, UsesANewCertificateWithoutDroppingConnections) {
  const GuardedServer guarded(Tls());
  const auto serial = [&] {
    return RunShell(fmt::format("openssl s_client -connect 127.0.0.1:{} </dev/null 2>/dev/null | "
                                "openssl x509 -noout -serial",
                                guarded.port()))
        .text;
  };
  const std::string before = serial();
  ASSERT_THAT(before, StartsWith("serial="));
  std::string slow;
  std::jthread downloading(
      [&] { slow = guarded.Curl("--limit-rate 2M -o /dev/null -w '%{size_download}'", "/big"); });
  guarded.folder().RenewServer();
  EXPECT_TRUE(Eventually(seconds(20), [&] {
    const std::string now = serial();
    return now.starts_with("serial=") && now != before;
  }));
  downloading.join();
  EXPECT_EQ(slow, "5242880");
  guarded.folder().Write("server.key", "broken");
  SystemClock().SleepUntil(SystemClock().SteadyNow() + seconds(2), {});
  EXPECT_EQ(guarded.Curl(), "127.0.0.1 encrypted unknown\n") << "the old one stays in force";
}

TEST(Tls, IsNotBlockedBySilentClients) {
  GuardedServer guarded(Tls());
  std::vector<std::unique_ptr<HttpConnection>> silent;
  for (std::size_t i = 0; i < MoreThanWorkers(300); ++i) {
    silent.push_back(std::make_unique<HttpConnection>(guarded.port()));
    if (i % 3 == 0) {
      silent.back()->Send("\x16\x03\x01");  // The beginning of a ClientHello.
    }
  }
  const SteadyTime before = SystemClock().SteadyNow();
  EXPECT_EQ(guarded.Curl(), "127.0.0.1 encrypted unknown\n");
  EXPECT_LT(SystemClock().SteadyNow() - before, seconds(5));
  guarded.server().Stop();
  EXPECT_LT(SystemClock().SteadyNow() - before, seconds(10));
}

TEST(Tls, AnswersDespiteFortyIdleConnections) {
  const GuardedServer guarded(Tls());
  const ShellOutput output = RunShell(fmt::format(
      R"(/usr/bin/python3 - {} {}/ca.pem <<'EOF'
import socket, ssl, sys, time
port, ca = int(sys.argv[1]), sys.argv[2]
context = ssl.create_default_context(cafile=ca)
def ask():
    client = context.wrap_socket(socket.create_connection(("127.0.0.1", port)), server_hostname="localhost")
    client.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    return client, client.recv(4096)
idle = [ask() for _ in range(40)]
begun = time.monotonic()
client, reply = ask()
print(reply.split(b"\r\n")[0].decode(), time.monotonic() - begun < 1)
EOF)",
      guarded.port(), ShellWord(guarded.folder().folder())));
  EXPECT_EQ(output.text, "HTTP/1.1 200 OK True\n");
}

/// Nothing can connect to the HTTP workers directly: only the gateway listens.
TEST(Tls, HasNoListenerBesidesTheGateway) {
  const GuardedServer guarded(
      Tls("client_auth_type: RequireAndVerifyClientCert, client_ca_file: ca.pem"));
  const ShellOutput ports = RunShell(fmt::format(
      R"(/usr/bin/python3 - {} <<'EOF'
import glob, os, sys
mine = set()
for link in glob.glob('/proc/%s/fd/*' % sys.argv[1]):
    try:
        mine.add(os.readlink(link))
    except OSError:
        pass
for table in ('tcp', 'tcp6'):
    for line in open('/proc/net/' + table).read().splitlines()[1:]:
        fields = line.split()
        if fields[3] == '0A' and 'socket:[%s]' % fields[9] in mine:
            print(int(fields[1].split(':')[1], 16))
EOF)",
      getpid()));
  EXPECT_EQ(ports.text, fmt::format("{}\n", guarded.port()));
}

/// The response to a request without a valid password does not wait for the body.
TEST(BasicAuth, AnswersBeforeTheBodyArrives) {
  const GuardedServer guarded(kUsers);
  for (const char* headers : {"Content-Length: 1000000\r\n", "Transfer-Encoding: chunked\r\n",
                              "Content-Length: 1000000\r\nExpect: 100-continue\r\n",
                              "Content-Length: 9\r\nAuthorization: Basic YW5uYTp3cm9uZw==\r\n"}) {
    HttpConnection client(guarded.port());
    const auto reply = client.Exchange(HttpRequestText("POST", "/echo", headers));
    ASSERT_THAT(reply, IsOk()) << headers;
    EXPECT_EQ(reply->status, 401) << headers;
    EXPECT_EQ(reply->Header("Connection"), "close");
    EXPECT_TRUE(client.AwaitClose());
  }
}

TEST(BasicAuth, ServesAnHonestClientDespitePasswordGuessers) {
  const GuardedServer guarded(kUsers);
  std::atomic<bool> done = false;
  std::vector<std::jthread> guessers;
  for (int i = 0; i < 12; ++i) {
    guessers.emplace_back([&] {
      while (!done) {
        EXPECT_THAT(HttpGet(guarded.port(), "/", "Authorization: Basic cHJvbWV0aGV1czp4\r\n"),
                    IsOk());
      }
    });
  }
  for (int i = 0; i < 5; ++i) {  // "prometheus:canary-secret"
    const auto reply =
        HttpGet(guarded.port(), "/", "Authorization: Basic cHJvbWV0aGV1czpjYW5hcnktc2VjcmV0\r\n");
    EXPECT_TRUE(reply && reply->status == 200);
  }
  done = true;
}

TEST(BasicAuth, ProtectsEveryPathAndRemembersCorrectPasswords) {
  const GuardedServer guarded(Tls() + std::string(kUsers));
  EXPECT_THAT(guarded.Curl("-w '%{http_code}'"), EndsWith("401"));
  EXPECT_THAT(guarded.Curl("-u prometheus:wrong -w '%{http_code}'"), EndsWith("401"));
  EXPECT_THAT(guarded.Curl("-u nobody:x -w '%{http_code}'"), EndsWith("401"));
  EXPECT_EQ(guarded.Curl(fmt::format("-u prometheus:{}", kPassword)),
            "127.0.0.1 encrypted authenticated\n");
}

TEST(WebConfig, WorksForServeAndARealPrometheus) {
  const Certificates folder;
  folder.Write("web.yml", Tls() + std::string(kUsers));
  const auto hakem =
      ServingHakem::StartGuarded({{"DATA_SOURCE_NAME", "host=127.0.0.1 port=1 user=hakem"}},
                                 {"--web.config.file", folder.Path("web.yml")});
  ASSERT_THAT(hakem, IsOk());
  const auto prometheus = PrometheusServer::Start(
      fmt::format("global: {{scrape_interval: 1s}}\n"
                  "scrape_configs:\n"
                  "  - job_name: hakem\n"
                  "    scheme: https\n"
                  "    tls_config: {{ca_file: {}, server_name: localhost}}\n"
                  "    basic_auth: {{username: prometheus, password: {}}}\n"
                  "    static_configs: [targets: ['127.0.0.1:{}']]\n",
                  folder.Path("ca.pem"), kPassword, (*hakem)->port()));
  ASSERT_THAT(prometheus, IsOk());
  EXPECT_TRUE(Eventually(seconds(30),
                         [&] {
                           const auto up = (*prometheus)->Query("up * on() group_right() pg_up");
                           return up && !up->empty() && up->at(0).at("value").at(1) == "0";
                         }))
      << (*prometheus)->Log() << (*hakem)->Log();
  std::string everything = (*hakem)->Log();
  for (const char* path : {"/", "/metrics", "/api/v1/rules", "/api/v1/alerts", "/-/ready"}) {
    everything += RunShell(fmt::format("curl -sk --max-time 20 -u prometheus:{} "
                                       "https://127.0.0.1:{}{}",
                                       kPassword, (*hakem)->port(), path))
                      .text;
  }
  EXPECT_THAT(everything, HasSubstr("hakem_web_config_last_reload_successful 1"));
  EXPECT_THAT(everything, AllOf(Not(HasSubstr(std::string(kPassword))), Not(HasSubstr("$2b$"))));
}

TEST(WebConfig, WithAnErrorIsReportedAtTheStart) {
  const Certificates folder;
  folder.Write("web.yml", "tls_server_config: {cert_fil: server.pem}\n");
  const ProgramRun run = RunHakem({"serve", "--web.config.file", folder.Path("web.yml")},
                                  {{"DATA_SOURCE_NAME", "host=127.0.0.1 port=1 user=hakem"}});
  EXPECT_EQ(run.status, 2);
  EXPECT_THAT(run.errors, HasSubstr("web.yml:1:21: unknown key \"cert_fil\", did you mean "
                                    "\"cert_file\"?"));
}

}  // namespace
}  // namespace hakem

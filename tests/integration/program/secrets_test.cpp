// No secret is seen anywhere: not in a log, a page, an error or a metric, wherever it came from.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "tests/support/alerting/webhook_receiver.h"
#include "tests/support/game/hokm_database.h"
#include "tests/support/programs/hakem_process.h"

namespace hakem {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

/// The part of each secret that is looked for.
constexpr std::string_view kCanary = "canary";

/// With everything that a URL, a shell, YAML, libpq or a log would stumble over.
constexpr std::string_view kPassword = R"(canary-p@ss:w/o?r#d %41&'"\ =,{}$x)";

/// Whatever is served, and can tell of the target, the configuration or the environment.
constexpr std::string_view kPages[] = {"/",
                                       "/metrics",
                                       "/federate?match[]=%7B__name__!=%22%22%7D",
                                       "/api/v1/query?query=%7B__name__!=%22%22%7D",
                                       "/api/v1/series?match[]=%7B__name__!=%22%22%7D",
                                       "/api/v1/rules",
                                       "/api/v1/alerts",
                                       "/api/v1/collectors",
                                       "/api/v1/metadata",
                                       "/api/v1/targets",
                                       "/api/v1/status/config",
                                       "/api/v1/status/flags",
                                       "/api/v1/status/runtimeinfo",
                                       "/api/v1/status/buildinfo",
                                       "/api/v1/status/tsdb",
                                       "/-/ready",
                                       "/-/healthy",
                                       "/primary"};

std::string Quoted(std::string_view text, std::string_view special) {
  std::string quoted;
  for (const char c : text) {
    if (special.find(c) != special.npos) {
      quoted += '\\';
    }
    quoted += c;
  }
  return quoted;
}

std::string UrlEncoded(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    encoded += std::isalnum(byte) != 0 ? std::string(1, c) : fmt::format("%{:02X}", byte);
  }
  return encoded;
}

class Secrets : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    database_ = std::make_unique<HokmDatabase>();
    database_->Run(fmt::format("ALTER ROLE hakem PASSWORD $secret${}$secret$", kPassword));
  }

  static void TearDownTestSuite() { database_.reset(); }

  Secrets() { std::filesystem::create_directory(folder_); }

  ~Secrets() override { std::filesystem::remove_all(folder_); }

  /// What the commands that run once print.
  static std::string CommandsSee(const std::map<std::string, std::string>& environment,
                                 const std::vector<std::string>& arguments) {
    std::string seen;
    for (const std::vector<std::string>& command : std::vector<std::vector<std::string>>{
             {"config", "--show"},
             {"collect"},
             {"collect", "--format", "json"},
             {"setup", "--dry-run"},
             {"setup", "--indexes", "--dry-run"},
             {"alerts", "--server", "http://127.0.0.1:1"},
             {"explain", "collectors", "--server", "http://127.0.0.1:1"}}) {
      std::vector<std::string> all = command;
      all.insert(all.end(), arguments.begin(), arguments.end());
      all.insert(all.end(), {"--log-level", "debug"});
      const ProgramRun run = RunHakem(all, environment);
      EXPECT_NE(run.status, -1) << command[0];
      EXPECT_THAT(run.errors, Not(HasSubstr("Usage:"))) << command[0];
      seen += run.output + run.errors;
    }
    return seen;
  }

  /// Everything that people and programs can see of a Hakem with this environment, whose password
  /// is right, and then wrong.
  static std::string Everything(std::map<std::string, std::string> environment,
                                const std::vector<std::string>& arguments = {}) {
    environment["ALERT_WEBHOOK"] = "http://127.0.0.1:1/services/canary-webhook";
    environment["ALERT_EMAIL"] = "ops@example.com";
    environment["SMTP_HOST"] = "127.0.0.1";
    environment["SMTP_PORT"] = "1";
    environment["SMTP_TLS"] = "none";
    environment["SMTP_USER"] = "ops";
    environment["SMTP_PASSWORD"] = "canary-smtp";
    environment["MAX_ACTIVE_GAMES"] = "0";  // So that an alert fires soon enough to be told.
    std::string seen = CommandsSee(environment, arguments);
    std::vector<std::string> serve = arguments;
    serve.insert(serve.end(), {"--log-level", "debug"});
    const auto hakem = ServingHakem::Start(environment, serve);
    EXPECT_TRUE(hakem) << hakem.error().message;
    EXPECT_TRUE(Eventually(seconds(20), [&] {
      return (*hakem)->Page("/metrics").find("\npg_up{") != std::string::npos ||
             (*hakem)->Page("/metrics").find("\npg_up 1") != std::string::npos;
    })) << (*hakem)->Log();
    (*hakem)->Signal(SIGHUP);
    EXPECT_TRUE(Eventually(seconds(20), [&] {
      return (*hakem)->Log().find("configuration reloaded") != std::string::npos;
    }));
    for (const std::string_view path : kPages) {
      seen += (*hakem)->Page(path);
    }
    seen += (*hakem)->Log();
    EXPECT_THAT(seen, HasSubstr("pg_up"));
    return seen;
  }

  static std::string Port() { return std::to_string(database_->server().port()); }

  static inline std::unique_ptr<HokmDatabase> database_;
  const std::string folder_ =
      fmt::format("{}/hakem-secrets-{}", std::filesystem::temp_directory_path().string(), getpid());
};

TEST_F(Secrets, OfADataSourceNameAreNotSeen) {
  EXPECT_THAT(
      Everything({{"DATA_SOURCE_NAME", fmt::format("postgresql://hakem:{}@127.0.0.1:{}/hokm_game",
                                                   UrlEncoded(kPassword), Port())}}),
      Not(HasSubstr(std::string(kCanary))));
}

TEST_F(Secrets, OfTheEnvironmentAreNotSeen) {
  EXPECT_THAT(Everything({{"DB_HOST", "127.0.0.1"},
                          {"DB_PORT", Port()},
                          {"DB_NAME", "hokm_game"},
                          {"DB_USER", "hakem"},
                          {"DB_PASSWORD", std::string(kPassword)}}),
              Not(HasSubstr(std::string(kCanary))));
}

TEST_F(Secrets, OfFilesAndCommandsAreNotSeen) {
  std::ofstream(folder_ + "/password") << kPassword << '\n';
  EXPECT_THAT(Everything({{"DATA_SOURCE_URI", "127.0.0.1:" + Port() + "/hokm_game"},
                          {"DATA_SOURCE_USER", "hakem"},
                          {"DATA_SOURCE_PASS_FILE", folder_ + "/password"}}),
              Not(HasSubstr(std::string(kCanary))));
  std::ofstream(folder_ + "/hakem.yml")
      << "targets:\n  - name: hokm\n    dsn: " << database_->MonitorDsn()
      << "\n    password_command: cat " << folder_ << "/password\n";
  EXPECT_THAT(Everything({}, {"--config", folder_ + "/hakem.yml"}),
              Not(HasSubstr(std::string(kCanary))));
}

TEST_F(Secrets, OfAConfigurationThatIsWrongAreNotSeen) {
  const std::string password = Quoted(kPassword, R"("\)");
  for (const std::string& text :
       {fmt::format("targets: [{{name: hokm, dsn: \"postgresql://u:{}@[::1/x\"}}]", password),
        fmt::format("targets: [{{name: hokm, password: \"{}\", passwrd: x}}]", password),
        fmt::format("targets: [{{name: hokm, password: [\"{}\"]}}]", password),
        fmt::format("targets: [{{name: hokm, dsn: \"host=x password={} y\"}}]", "canary")}) {
    std::ofstream(folder_ + "/wrong.yml") << text << '\n';
    const ProgramRun run = RunHakem({"serve", "--config", folder_ + "/wrong.yml"});
    EXPECT_EQ(run.status, 2) << text;
    EXPECT_THAT(run.output + run.errors, Not(HasSubstr(std::string(kCanary)))) << text;
  }
}

TEST_F(Secrets, AreNotInTheMessagesThatAreSent) {
  WebhookReceiver chat;
  std::ofstream(folder_ + "/rules.yml")
      << "groups: [{name: all, rules: [{alert: Always, expr: 'pg_up == 1', annotations: "
         "{description: '{{ $labels.server }} {{ $value }}'}}]}]\n";
  std::ofstream(folder_ + "/hakem.yml") << fmt::format(
      "targets: [{{name: hokm, dsn: \"{} password={}\"}}]\nrules: {{files: [{}/rules.yml]}}\n",
      database_->MonitorDsn(), "canary-password", folder_);
  database_->Run("ALTER ROLE hakem PASSWORD 'canary-password'");
  const auto hakem =
      ServingHakem::Start({{"ALERT_WEBHOOK", chat.url() + "/services/canary-webhook"}},
                          {"--config", folder_ + "/hakem.yml"});
  ASSERT_TRUE(hakem) << hakem.error().message;
  const std::vector<web::Request> messages = chat.AwaitRequests(1);
  ASSERT_FALSE(messages.empty()) << (*hakem)->Log();
  EXPECT_EQ(messages[0].path, "/services/canary-webhook");
  EXPECT_THAT(messages[0].body, HasSubstr("Always"));
  EXPECT_THAT(messages[0].body + (*hakem)->Log(), Not(HasSubstr(std::string(kCanary))));
  database_->Run(fmt::format("ALTER ROLE hakem PASSWORD $secret${}$secret$", kPassword));
}

TEST_F(Secrets, OfCommandLinesAreNotSeen) {
  const std::string url =
      fmt::format("postgresql://hakem:{}@127.0.0.1:1/hokm_game", UrlEncoded(kPassword));
  for (const std::vector<std::string>& command : std::vector<std::vector<std::string>>{
           {"simulate", "--history", "1", "--dsn", url},
           {"simulate", "--dsn", "host=127.0.0.1 port=1 password='canary' wrong"},
           {"setup", "--admin", url, "--dry-run"},
           {"setup", "--admin", "user=postgres password=canary oops", "--dry-run"},
           {"query", "up", "--server", "http://ops:canary@127.0.0.1:1"},
           {"alerts", "--server", "http://ops:canary@127.0.0.1:1"}}) {
    const ProgramRun run = RunHakem(command, {{"DB_HOST", "127.0.0.1"}, {"DB_PORT", "1"}});
    EXPECT_THAT(run.status, testing::AnyOf(2, 3)) << command[0];
    EXPECT_THAT(run.output + run.errors, Not(HasSubstr(std::string(kCanary)))) << command[0];
  }
}

TEST_F(Secrets, ThatAreWrongAreNotSeenEither) {
  const auto hakem = ServingHakem::Start({{"DB_HOST", "127.0.0.1"},
                                          {"DB_PORT", Port()},
                                          {"DB_NAME", "hokm_game"},
                                          {"DB_USER", "hakem"},
                                          {"DB_PASSWORD", "canary-wrong"}},
                                         {"--log-level", "debug"});
  ASSERT_TRUE(hakem) << hakem.error().message;
  EXPECT_TRUE(Eventually(
      seconds(20), [&] { return (*hakem)->Metric(R"(hakem_target_down{reason="auth"})") == 1; }));
  EXPECT_THAT((*hakem)->Log() + (*hakem)->Page("/metrics") + (*hakem)->Page("/") +
                  (*hakem)->Page("/api/v1/collectors"),
              Not(HasSubstr(std::string(kCanary))));
}

}  // namespace
}  // namespace hakem

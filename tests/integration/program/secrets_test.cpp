// No secret appears in a log, page, error message or metric, whatever its source.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "tests/support/alerting/webhook_receiver.h"
#include "tests/support/game/hokm_database.h"
#include "tests/support/programs/hakem_process.h"
#include "tests/support/programs/outlets.h"

namespace hakem {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

/// The part of each secret that the tests search for.
constexpr std::string_view kCanary = "canary";

/// Has every character that a URL, a shell, YAML, libpq or a log could mishandle.
constexpr std::string_view kPassword = R"(canary-p@ss:w/o?r#d %41&'"\ =,{}$x)";

/// All endpoints that may show the target, the configuration or the environment.
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

  /// Returns everything that people and programs can see of a Hakem with this environment: first
  /// with the correct password, then with a wrong one.
  static std::string Everything(std::map<std::string, std::string> environment,
                                const std::vector<std::string>& arguments = {}) {
    environment["ALERT_WEBHOOK"] = "http://127.0.0.1:1/services/canary-webhook";
    environment["ALERT_EMAIL"] = "ops@example.com";
    environment["SMTP_HOST"] = "127.0.0.1";
    environment["SMTP_PORT"] = "1";
    environment["SMTP_TLS"] = "none";
    environment["SMTP_USER"] = "ops";
    environment["SMTP_PASSWORD"] = "canary-smtp";
    environment["MAX_ACTIVE_GAMES"] = "0";  // Makes an alert fire and a message go out.
    std::string seen = AllText(RunCommands(ConfiguredCommands(), environment, arguments));
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
    seen += AllText(RequestEveryEndpoint((*hakem)->port()));
    seen += (*hakem)->Log();
    EXPECT_THAT(seen, HasSubstr("pg_up"));
    return seen;
  }

  static std::string Port() { return std::to_string(database_->server().port()); }

  static inline std::unique_ptr<HokmDatabase> database_;
  const std::string folder_ =
      fmt::format("{}/hakem-secrets-{}", std::filesystem::temp_directory_path().string(), getpid());
};

TEST_F(Secrets, InADataSourceNameAreNotShown) {
  EXPECT_THAT(
      Everything({{"DATA_SOURCE_NAME", fmt::format("postgresql://hakem:{}@127.0.0.1:{}/hokm_game",
                                                   UrlEncoded(kPassword), Port())}}),
      Not(HasSubstr(std::string(kCanary))));
}

TEST_F(Secrets, InTheEnvironmentAreNotShown) {
  EXPECT_THAT(Everything({{"DB_HOST", "127.0.0.1"},
                          {"DB_PORT", Port()},
                          {"DB_NAME", "hokm_game"},
                          {"DB_USER", "hakem"},
                          {"DB_PASSWORD", std::string(kPassword)}}),
              Not(HasSubstr(std::string(kCanary))));
}

TEST_F(Secrets, FromFilesAndCommandsAreNotShown) {
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

TEST_F(Secrets, InAnInvalidConfigurationAreNotShown) {
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

TEST_F(Secrets, AreNotInNotifications) {
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

TEST_F(Secrets, OnCommandLinesAreNotShown) {
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

/// Texts by the place where people can see them.
using Sinks = std::map<std::string, std::string>;

/// The source of a secret, and the part of it that the test searches for.
using Sources = std::map<std::string, std::string>;

void ExpectNoneSeen(const Sources& sources, const Sinks& sinks) {
  for (const auto& [sink, text] : sinks) {
    for (const auto& [source, secret] : sources) {
      EXPECT_EQ(text.find(secret), text.npos)
          << "the secret of " << source << " is seen in " << sink << ":\n"
          << text.substr(0, 4000);
    }
  }
}

std::string BytesOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

TEST_F(Secrets, FromEverySourceAppearInNoOutput) {
  // anna's password is canary-secret.
  constexpr std::string_view kHash = "$2b$04$abcdefghijklmnopqrstuu8eMT1gtBhVcNqXW136wdnmHwzCZvF5e";
  constexpr std::string_view kAnna = "Authorization: Basic YW5uYTpjYW5hcnktc2VjcmV0\r\n";
  const Sources sources{{"sslpassword in a dsn", "canary-ssl"},
                        {"a setting in a dsn", "canary-token"},
                        {"a command's arguments", "canary-argument"},
                        {"a command's output", "canary-p@ss"},
                        {"a hash in web.yml", "u8eMT1gtBhVcNqXW136wdnmHwzCZvF5e"},
                        {"a client's password", "canary-secret"},
                        {"auth_modules", "canary-module"},
                        {"an option of auth_modules", "canary-module-ssl"},
                        {"a file of ALERT_WEBHOOK", "canary-webhook"},
                        {"SMTP_PASSWORD", "canary-smtp"}};
  std::ofstream(folder_ + "/password") << kPassword << '\n';
  std::ofstream(folder_ + "/webhook") << "http://127.0.0.1:1/services/canary-webhook\n";
  std::ofstream(folder_ + "/web.yml") << "basic_auth_users: {anna: \"" << kHash << "\"}\n";
  std::ofstream(folder_ + "/pe.yml")
      << "auth_modules: {m: {type: userpass, userpass: {username: u, password: canary-module},\n"
         "  options: {sslmode: disable, sslpassword: canary-module-ssl}}}\n";
  std::ofstream(folder_ + "/rules.yml")
      << "groups: [{name: all, rules: [{alert: Always, expr: 'vector(1)'}]}]\n";
  std::ofstream(folder_ + "/hakem.yml") << fmt::format(
      "targets:\n  - name: hokm\n    dsn: {} sslpassword=canary-ssl app.token=canary-token\n"
      "    password_command: cat {}/password; echo canary-argument\n"
      "probe: {{hosts: [\"127.0.0.1:1\"], modules_file: pe.yml}}\n"
      "rules: {{files: [rules.yml]}}\nstate: {{directory: state}}\n"
      "web: {{config_file: web.yml}}\n",
      database_->MonitorDsn(), folder_);
  const std::map<std::string, std::string> environment{{"ALERT_WEBHOOK_FILE", folder_ + "/webhook"},
                                                       {"ALERT_EMAIL", "ops@example.com"},
                                                       {"SMTP_HOST", "127.0.0.1"},
                                                       {"SMTP_PORT", "1"},
                                                       {"SMTP_TLS", "none"},
                                                       {"SMTP_PASSWORD", "canary-smtp"}};
  Sinks sinks;
  {
    const auto hakem = ServingHakem::StartGuarded(
        environment,
        {"--config", folder_ + "/hakem.yml", "--log-level", "debug", "--log-format", "json"});
    ASSERT_TRUE(hakem) << hakem.error().message;
    const auto page = [&](std::string_view path) {
      const auto reply = HttpGet((*hakem)->port(), path, kAnna);
      return reply ? reply->head + reply->body : reply.error().message;
    };
    EXPECT_TRUE(Eventually(seconds(20), [&] {
      return page("/metrics").find("\npg_up{server=\"hokm\"} 1") != std::string::npos;
    })) << (*hakem)->Log();
    for (const std::string_view path : kPages) {
      sinks["page " + std::string(path)] = page(path);
      EXPECT_THAT(sinks["page " + std::string(path)], HasSubstr(" 200 ")) << path;
    }
    sinks["/probe"] = page("/probe?target=127.0.0.1:1&auth_module=m");
    sinks["an answer without a password"] = HttpGet((*hakem)->port(), "/metrics")->body;
    std::ofstream(folder_ + "/web.yml") << "basic_auth_users: {anna: \"x" << kHash << "\"}\n";
    (*hakem)->Signal(SIGHUP);
    EXPECT_TRUE(Eventually(seconds(20), [&] {
      return (*hakem)->Log().find("configuration not reloaded") != std::string::npos;
    }));
    Duration taken{};
    EXPECT_EQ((*hakem)->Terminate(taken), 0);
    sinks["the log"] = (*hakem)->Log();
  }
  std::ofstream(folder_ + "/web.yml") << "basic_auth_users: {anna: \"" << kHash << "\"}\n";
  sinks["hakem.db"] = BytesOf(folder_ + "/state/hakem.db");
  sinks["history.db"] = BytesOf(folder_ + "/state/history.db");
  EXPECT_THAT(sinks["hakem.db"], testing::StartsWith("SQLite format 3"));
  for (const auto& [name, arguments] :
       std::map<std::string, std::vector<std::string>>{{"config --show", {"config", "--show"}},
                                                       {"collect", {"collect", "--format", "json"}},
                                                       {"setup", {"setup", "--dry-run"}}}) {
    std::vector<std::string> all = arguments;
    all.insert(all.end(), {"--config", folder_ + "/hakem.yml"});
    const ProgramRun run = RunHakem(all, environment);
    EXPECT_THAT(run.status, testing::AnyOf(0, 3)) << name << run.errors;
    sinks[name] = run.output + run.errors;
  }
  ExpectNoneSeen(sources, sinks);
}

TEST_F(Secrets, ThatLibpqFindsItselfAreNotShown) {
  std::ofstream(folder_ + "/passfile") << "*:*:*:*:canary-passfile\n";
  std::filesystem::permissions(folder_ + "/passfile", std::filesystem::perms::owner_read);
  std::ofstream(folder_ + "/services")
      << "[mine]\nhost=127.0.0.1\nport=" << Port() << "\nuser=hakem\npassword=canary-service\n";
  const Sources sources{{"PGPASSWORD", "canary-variable"},
                        {"PGPASSFILE", "canary-passfile"},
                        {"PGSERVICEFILE", "canary-service"}};
  const std::vector<std::map<std::string, std::string>> environments{
      {{"PGHOST", "127.0.0.1"}, {"PGPORT", Port()}, {"PGPASSWORD", "canary-variable"}},
      {{"PGHOST", "127.0.0.1"}, {"PGPORT", Port()}, {"PGPASSFILE", folder_ + "/passfile"}},
      {{"PGSERVICE", "mine"}, {"PGSERVICEFILE", folder_ + "/services"}}};
  Sinks sinks;
  for (std::map<std::string, std::string> environment : environments) {
    environment.emplace("PGUSER", "hakem");
    for (const std::vector<std::string>& command :
         {std::vector<std::string>{"config", "--show"}, {"collect", "--log-level", "debug"}}) {
      const ProgramRun run = RunHakem(command, environment);
      EXPECT_THAT(run.status, testing::AnyOf(0, 3)) << run.errors;
      sinks[command.front()] += run.output + run.errors;
    }
  }
  EXPECT_THAT(sinks["collect"], HasSubstr("password authentication failed"));
  ExpectNoneSeen(sources, sinks);
}

TEST_F(Secrets, InAnInvalidDataSourceNameAreNeitherShownNorSent) {
  const std::string url = "postgresql://hakem:x@127.0.0.1:1/x?sslmode=disable";
  for (const std::string& dsn : std::vector<std::string>{
           "postgresql://hakem:canary/x@127.0.0.1:1/postgres",
           "postgresql://hakem:12/canary@127.0.0.1:1/postgres",
           "host=127.0.0.1;user=hakem;password=canary", "host=127.0.0.1,user=hakem,password=canary",
           "host=canary@127.0.0.1", "host=127.0.0.1 sslmode=canary", "host=127.0.0.1 port=canary",
           "host=127.0.0.1 password=a canary=b", url + ",\tpostgresql://hakem:canary@h/x",
           url + "\npostgresql://hakem:canary@h/x",
           "user=hakem host=canary-a dbname=a password=canary,user=hakem host=h dbname=b"}) {
    for (const std::string_view variable : {"DATA_SOURCE_NAME", "--dsn", "--admin"}) {
      const ProgramRun run = variable == "--dsn" ? RunHakem({"simulate", "--dsn", dsn})
                             : variable == "--admin"
                                 ? RunHakem({"setup", "--dry-run", "--admin", dsn})
                                 : RunHakem({"collect"}, {{"DATA_SOURCE_NAME", dsn}});
      EXPECT_EQ(run.status, 2) << variable << " " << dsn << "\n" << run.errors;
      EXPECT_THAT(run.output + run.errors, Not(HasSubstr(std::string(kCanary)))) << dsn;
    }
  }
}

TEST_F(Secrets, ThatAreWrongAreNotShownEither) {
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

// Places where secrets could come out that only some commands or situations have: the process list,
// errors about misplaced secrets, and what clients send.
#include "tests/support/programs/secret_outlets.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <cctype>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "tests/support/http/tcp_proxy.h"
#include "tests/support/paths.h"
#include "tests/support/programs/process_list.h"

namespace hakem {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

/// The rows of docs/commands.md, as `explain collectors`.
std::vector<std::string> DocumentedCommands() {
  std::vector<std::string> names;
  std::ifstream file(SourcePath("docs/commands.md"));
  for (std::string line; std::getline(file, line);) {
    constexpr std::string_view kRow = "| `hakem ";
    if (line.starts_with(kRow)) {
      std::string name = line.substr(kRow.size(), line.find('`', kRow.size()) - kRow.size());
      name.erase(std::find_if(name.begin(), name.end(),
                              [](unsigned char c) { return std::isupper(c) != 0; }),
                 name.end());
      names.push_back(name.substr(0, name.find_last_not_of(' ') + 1));
    }
  }
  return names;
}

TEST_F(SecretOutlets, AreEveryCommand) {
  std::string called;
  for (const auto& commands : {ConfiguredCommands(), OtherCommands(1)}) {
    for (const auto& words : commands) {
      called += fmt::format("\n{} ", fmt::join(words, " "));
    }
  }
  const auto documented = DocumentedCommands();
  EXPECT_GE(documented.size(), 10U);
  for (const std::string& name : documented) {
    EXPECT_THAT(called, HasSubstr(fmt::format("\n{} ", name)));
  }
}

TEST_F(SecretOutlets, OfCommandsWithoutAConfigurationShowNothing) {
  TcpProxy silent(database_->server().port());
  silent.StopForwarding();
  const Environment environment = Prepare({.name = "PgPassword",
                                           .environment = {{"PGHOST", "127.0.0.1"},
                                                           {"PGPORT", "{PORT}"},
                                                           {"PGUSER", "hakem"},
                                                           {"PGDATABASE", "hokm_game"},
                                                           {"PGPASSWORD", "{PASSWORD}"},
                                                           {"DB_PASSWORD", "xcanaryx-db"},
                                                           {"HAKEM_ROLE_PASSWORD", "xcanaryx"}}},
                                          kRight);
  ExpectNowhere(kCanary, RunCommands(OtherCommands(silent.port()), environment));
}

TEST_F(SecretOutlets, OfSetupShowNoPasswordOfTheRole) {
  const ProgramRun run =
      RunHakem({"setup", "--admin", database_->AdminDsn(), "--role", "newcomer", "--yes"},
               Prepare({.name = "DbPassword",
                        .environment = {{"DB_HOST", "127.0.0.1"},
                                        {"DB_PORT", "{PORT}"},
                                        {"DB_USER", "newcomer"},
                                        {"DB_PASSWORD", "xcanaryx-newcomer"}}},
                       kRight));
  EXPECT_EQ(run.status, 0) << run.errors;
  EXPECT_THAT(ServerLog(), HasSubstr("ALTER ROLE \"newcomer\" PASSWORD 'SCRAM-SHA-256$"));
  ExpectNowhere(kCanary,
                {{"the output", run.output + run.errors}, {"the server's log", ServerLog()}});
}

TEST_F(SecretOutlets, OfClientsShowNothing) {
  Write("web.yml", kWebYml);
  const auto hakem = ServingHakem::StartGuarded(
      Prepare({.name = "Uri",
               .environment = {{"DATA_SOURCE_NAME",
                                "postgresql://hakem:{PASSWORD}@127.0.0.1:{PORT}/hokm_game"}}},
              kRight),
      {"--web.config.file", folder_ / "web.yml", "--log-level", "debug"});
  ASSERT_TRUE(hakem) << hakem.error().message;
  const std::string anna(kAnna);
  for (const std::string& headers :
       {std::string("Authorization: Basic YW5uYTp4Y2FuYXJ5eC13cm9uZw==\r\n"),
        std::string("Authorization: Bearer xcanaryx-token\r\n"),
        std::string("Authorization: xcanaryx\r\n"),
        anna + "Cookie: session=xcanaryx-cookie\r\nX-Api-Key: xcanaryx-key\r\n",
        anna + "Content-Length: xcanaryx\r\n", anna + "xcanaryx\r\n"}) {
    const auto reply = HttpGet((*hakem)->port(), "/metrics?token=xcanaryx-query", headers);
    ExpectNowhere(kCanary, {{"a reply", reply ? reply->head + reply->body : ""}});
  }
  for (const std::string path :
       {"/nowhere?password=xcanaryx-query", "/-/reload?token=xcanaryx-query",
        "/api/v1/status/config?token=xcanaryx-query",
        "/probe?target=postgresql://u:xcanaryx-target@127.0.0.1:1/x&auth_module=xcanaryx"}) {
    const auto reply = HttpGet((*hakem)->port(), path, anna);
    ExpectNowhere(kCanary, {{path, reply ? reply->head + reply->body : ""}});
  }
  ExpectNowhere(kCanary, {{"the log", (*hakem)->Log()}});
}

TEST_F(SecretOutlets, OfAServersAddressShowNoPassword) {
  Write("web.yml", kWebYml);
  const Environment environment = Prepare(
      {.name = "Nowhere", .environment = {{"DB_HOST", "127.0.0.1"}, {"DB_PORT", "1"}}}, kRight);
  const auto hakem =
      ServingHakem::StartGuarded(environment, {"--web.config.file", folder_ / "web.yml"});
  ASSERT_TRUE(hakem) << hakem.error().message;
  for (const std::string& server :
       {fmt::format("http://anna:xcanaryx-no@127.0.0.1:{}", (*hakem)->port()),
        fmt::format("https://anna:xcanaryx-no@127.0.0.1:{}", (*hakem)->port()),
        std::string("ftp://anna:xcanaryx-no@127.0.0.1:1"),
        std::string("http://anna:xcanaryx-no@[::1"),
        std::string("http://anna:xcanaryx no@127.0.0.1:1")}) {
    const Outlets outlets = RunCommands({{"alerts"}, {"explain", "collectors"}, {"query", "up"}},
                                        environment, {"--server", server});
    for (const auto& [command, text] : outlets) {
      ExpectNowhere(kCanary, {{"what a command prints", text}});
      EXPECT_THAT(text, HasSubstr("hakem: ")) << command;
    }
  }
}

TEST_F(SecretOutlets, OfMisplacedSecretsShowNothing) {
  const std::string target = "targets: [{name: hokm, dsn: host=127.0.0.1 port=1, ";
  const std::string probe = target + "password: x}]\nprobe: {modules_file: pe.yml}\n";

  struct Case {
    std::string hakem_yml;
    std::string pe_yml = "";
  };

  const std::vector<Case> cases{
      {target + "password: *xcanaryx}]\n"},
      {target + "password:xcanaryx}]\n"},
      {target + "password: \"${xcanaryx-secret}\"}]\n"},
      {target + "password: \"a${xcanaryx\"}]\n"},
      {target + "password: {xcanaryx: 1}}]\n"},
      {target + "password: [xcanaryx]}]\n"},
      {target + "password: 'xcanaryx}]\n"},
      {target + "password: \"xcanaryx\\q\"}]\n"},
      {target + "password: %xcanaryx}]\n"},
      {target + "password: @xcanaryx}]\n"},
      {target + "password: xcanaryx, password: xcanaryx}]\n"},
      {target + "password: xcanaryx, password_command: echo xcanaryx, password_file: a}]\n"},
      {target + "password_command: [vault, xcanaryx]}]\n"},
      {target + "password_command: {vault: xcanaryx}}]\n"},
      {"targets: [{name: hokm, dsn: [host=x, password=xcanaryx]}]\n"},
      {"targets: [{name: hokm, dsn: host=127.0.0.1 pasword=xcanaryx}]\n"},
      {"targets: [{name: hokm, dsn: host=127.0.0.1 port=1 sslmode=xcanaryx}]\n"},
      {"targets: [{name: hokm, dsn: \"postgresql://u:xcanaryx@127.0.0.1:1/x?sslmod=xcanaryx\"}]\n"},
      {"targets: [{name: hokm, dsn: \"mysql://u:xcanaryx@127.0.0.1:1/x\"}]\n"},
      {"targets: [{name: hokm, dsn: \"postgresql://u:xcanaryx@127.0.0.1:xcanaryx/x\"}]\n"},
      {"targets: {name: hokm, dsn: password=xcanaryx}\n"},
      {"targets: postgresql://u:xcanaryx@h/x\n"},
      {target + "password: x}]\nweb: {external_url: \"http://ops:xcanaryx@h/?token=xcanaryx\"}\n"},
      {probe, "auth_modules: {m: {type: userpass, userpass: {username: u, password:xcanaryx}}}\n"},
      {probe, "auth_modules: {m: {type: userpass, userpass: {username: u, pass: xcanaryx}}}\n"},
      {probe, "auth_modules: {m: {type: userpass, userpass: [u, xcanaryx]}}\n"},
      {probe, "auth_modules: {m: {type: userpass, userpass: {password: *xcanaryx}}}\n"},
      {probe, "auth_modules: {m: {type: userpass, options: {sslmode: xcanaryx}}}\n"},
      {probe, "auth_modules: {m: {type: userpass, options: {pasword: xcanaryx}}}\n"},
      {probe, "auth_modules: {m: {type: userpass, options: [password=xcanaryx]}}\n"},
      {probe, "auth_modules: [{password: xcanaryx}\n"},
  };
  for (const Case& one : cases) {
    Write("hakem.yml", one.hakem_yml);
    Write("pe.yml", one.pe_yml);
    const ProgramRun run =
        RunHakem({"serve", "--config", folder_ / "hakem.yml", "--log-level", "debug"});
    EXPECT_EQ(run.status, 2) << one.hakem_yml << one.pe_yml << run.errors;
    ExpectNowhere(kCanary, {{one.hakem_yml + one.pe_yml, run.output + run.errors}});
  }
}

TEST_F(SecretOutlets, OfVariablesForPathsShowNoValueThatIsMisplaced) {
  for (const std::string variable :
       {"DATA_SOURCE_NAME_FILE", "DATA_SOURCE_PASS_FILE", "DB_PASSWORD_FILE", "ALERT_WEBHOOK_FILE",
        "SMTP_PASSWORD_FILE"}) {
    for (const std::string value :
         {"xcanaryx", "https://127.0.0.1:1/xcanaryx", "host=127.0.0.1 password=xcanaryx",
          "postgresql://u:xcanaryx@127.0.0.1:1/x"}) {
      Environment environment{{variable, value}};
      if (!variable.starts_with("DATA_SOURCE_NAME")) {
        environment["DATA_SOURCE_URI"] = variable.starts_with("DB_") ? "" : "127.0.0.1:1/x";
      }
      const ProgramRun run = RunHakem({"serve"}, environment);
      EXPECT_EQ(run.status, 2) << variable << run.errors;
      EXPECT_THAT(run.errors, HasSubstr(variable + ": "));
      ExpectNowhere(kCanary, {{variable, run.output + run.errors}});
    }
  }
}

TEST_F(SecretOutlets, OfTheProcessListShowNoProgramThatHakemStarts) {
  std::filesystem::create_directory(folder_ / "bin");
  std::ofstream(folder_ / "bin/sendmail") << "#!/bin/sh\ncat >/dev/null\nsleep 0.3\n";
  std::filesystem::permissions(folder_ / "bin/sendmail", std::filesystem::perms::owner_all);
  Write("password", kRight);
  Write("rules.yml", "groups: [{name: g, rules: [{alert: Up, expr: 'pg_up == 1'}]}]\n");
  Write("hakem.yml", Filled("targets: [{name: hokm, dsn: \"host=127.0.0.1 port={PORT} "
                            "dbname=hokm_game user=hakem\", password_command: \"sleep 0.2; cat "
                            "{FOLDER}/password; : xcanaryx-argument\"}]\n"
                            "rules: {files: [rules.yml]}\ncollect: {lanes: {fast: 1s}}\n",
                            kRight));
  const Environment environment{{"PATH", folder_ / "bin" + ":/usr/bin:/bin"},
                                {"ALERT_EMAIL", "ops@example.com"},
                                {"ALERT_WEBHOOK", "http://127.0.0.1:1/services/xcanaryx-webhook"},
                                {"SMTP_PASSWORD", "xcanaryx-smtp"},
                                {"PGPASSWORD", "xcanaryx-variable"}};
  ProcessListWatch processes;
  const auto hakem = ServingHakem::Start(environment, {"--config", folder_ / "hakem.yml"});
  ASSERT_TRUE(hakem) << hakem.error().message;
  EXPECT_TRUE(Eventually(
      seconds(30),
      [&] {
        return (*hakem)
                   ->Metric(R"(hakem_notifications_total{integration="email",receiver="default"})")
                   .value_or(0) > 0;
      }))
      << (*hakem)->Log() << (*hakem)->Page("/metrics");
  const std::string seen = processes.Stop();
  EXPECT_THAT(seen, HasSubstr("/bin/sh -c "));
  EXPECT_THAT(seen, HasSubstr("sleep 0.2"));
  EXPECT_THAT(seen, HasSubstr("sendmail -t -i"));
  ExpectNowhere(kCanary, {{"the process list", seen}});
}

TEST_F(SecretOutlets, OfTheProcessListShowNoArgumentWithAPassword) {
  TcpProxy silent(database_->server().port());
  silent.StopForwarding();
  const std::string dsn =
      fmt::format("postgresql://ops:xcanaryx-dsn@127.0.0.1:{}/x", silent.port());
  const std::string server = fmt::format("http://ops:xcanaryx-server@127.0.0.1:{}", silent.port());
  for (const std::vector<std::string>& command :
       std::vector<std::vector<std::string>>{{"simulate", "--dsn", dsn},
                                             {"simulate", "--dsn=" + dsn},
                                             {"setup", "--dry-run", "--admin", dsn},
                                             {"query", "up", "--server", server},
                                             {"alerts", "--server=" + server},
                                             {"explain", "collectors", "--server", server}}) {
    std::vector<std::string> argv{HakemProgram()};
    argv.insert(argv.end(), command.begin(), command.end());
    auto process =
        process::ChildProcess::Start({.argv = argv,
                                      .standard_output = process::Output::ToFile("/dev/null"),
                                      .standard_error = process::Output::ToFile("/dev/null")});
    ASSERT_TRUE(process) << process.error().message;
    std::string line;
    EXPECT_TRUE(Eventually(seconds(4), [&] {
      line = CommandLineOf(process->pid());
      return line.find("***") != line.npos;
    })) << line;
    EXPECT_THAT(line, HasSubstr(command[0]));
    ExpectNowhere(kCanary, {{"the process list", line}});
    process->Terminate(seconds(1));
  }
}

TEST_F(SecretOutlets, OfTheProcessListShowNothingOfTheDemo) {
  const ScratchFolder temporary;
  std::filesystem::permissions(temporary.path(), std::filesystem::perms(0755));
  const int port = process::FreePort();
  ProcessListWatch processes;
  auto demo = process::ChildProcess::Start(
      {.argv = {HakemProgram(), "demo", "--port", std::to_string(port)},
       .environment = {{"TMPDIR", temporary.path()},
                       {"DB_PASSWORD", "xcanaryx-db"},
                       {"PGPASSWORD", "xcanaryx-variable"},
                       {"SMTP_PASSWORD", "xcanaryx-smtp"},
                       {"ALERT_WEBHOOK", "http://127.0.0.1:1/services/xcanaryx-webhook"},
                       {"DATA_SOURCE_NAME", "postgresql://u:xcanaryx-dsn@127.0.0.1:1/x"}},
       .standard_output = process::Output::ToFile(folder_ / "demo.log"),
       .standard_error = process::Output::ToFile(folder_ / "demo.log")});
  ASSERT_TRUE(demo) << demo.error().message;
  EXPECT_TRUE(Eventually(seconds(90), [&] {
    return TextOf(folder_ / "demo.log").find("/services/") != std::string::npos &&
           HttpGet(static_cast<std::uint16_t>(port), "/metrics").has_value();
  })) << TextOf(folder_ / "demo.log");
  const std::string log = TextOf(folder_ / "demo.log");
  demo->Signal(SIGINT);
  EXPECT_EQ(demo->WaitFor(seconds(10)), 0) << log;
  const std::string seen = processes.Stop();
  for (const char* program : {"initdb", "postgres -D", "psql", "simulate", "serve"}) {
    EXPECT_THAT(seen, HasSubstr(program));
  }
  const std::size_t path = log.find("/services/");
  ASSERT_NE(path, log.npos);
  ExpectNowhere(log.substr(path, log.find('\n', path) - path), {{"the process list", seen}});
  ExpectNowhere(kCanary, {{"the process list", seen}, {"the output", log}});
}

}  // namespace
}  // namespace hakem

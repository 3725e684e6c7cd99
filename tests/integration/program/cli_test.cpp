// A mistake in using the program results in one clear line, the right exit status and no secret.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "process/private_postgres.h"
#include "tests/support/paths.h"
#include "tests/support/programs/hakem_process.h"
#include "tests/support/programs/shell.h"
#include "web/server/server.h"

namespace hakem {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view kCanary = "canary-4f1a";

/// A configuration file in a temporary folder, removed with the object.
class ConfigFile {
 public:
  explicit ConfigFile(std::string_view text)
      : path_(std::filesystem::temp_directory_path() / ("hakem-cli-" + std::to_string(getpid()))) {
    std::ofstream(path_) << text;
  }

  ~ConfigFile() { std::filesystem::remove(path_); }

  ConfigFile(const ConfigFile&) = delete;
  ConfigFile& operator=(const ConfigFile&) = delete;

  std::string path() const { return path_; }

 private:
  std::filesystem::path path_;
};

long LineCount(const std::string& text) {
  return std::count(text.begin(), text.end(), '\n');
}

TEST(CommandLine, PrintsHelpForEveryCommand) {
  const ProgramRun run = RunHakem({"--help"});
  EXPECT_EQ(run.status, 0);
  for (const char* command : {"serve", "collect", "alerts", "query", "explain", "setup", "simulate",
                              "demo", "config", "check", "test", "backtest", "version"}) {
    EXPECT_THAT(run.output, HasSubstr(std::string("\n  ") + command));
    const ProgramRun help = RunHakem({command, "--help"});
    EXPECT_EQ(help.status, 0) << command;
    EXPECT_THAT(help.output, HasSubstr("Usage: hakem " + std::string(command)));
  }
}

TEST(CommandLine, PrintsItsVersion) {
  EXPECT_THAT(RunHakem({"version"}).output, MatchesRegex("hakem [0-9]+\\.[0-9]+\\.[0-9]+\n"));
  EXPECT_EQ(RunHakem({"version"}).output, RunHakem({"--version"}).output);
}

TEST(CommandLine, SuggestsTheMostSimilarCommand) {
  const ProgramRun run = RunHakem({"srve"});
  EXPECT_EQ(run.status, 2);
  EXPECT_THAT(run.errors, HasSubstr("did you mean \"serve\"?"));
  EXPECT_EQ(LineCount(run.errors), 1);
}

TEST(CommandLine, SuggestsTheMostSimilarFlag) {
  const ProgramRun run = RunHakem({"serve", "--collector.lock"});
  EXPECT_EQ(run.status, 2);
  EXPECT_THAT(run.errors, HasSubstr("--collector.lock, did you mean \"--collector.locks\"?"));
}

TEST(CommandLine, NamesReplacementsForFlagsOfPostgresExporter) {
  const ProgramRun run =
      RunHakem({"serve", "--disable-settings-metrics", "--web.listen-address", "nonsense"});
  EXPECT_THAT(run.errors, Not(HasSubstr("disable-settings-metrics")));
}

TEST(CommandLine, NamesTheValuesOfAnOption) {
  const std::pair<std::vector<std::string>, std::string> cases[] = {
      {{"serve", "--log.level=warning"},
       "hakem: --log.level: \"warning\" is none of debug, info, warn, error"},
      {{"serve", "--log.format=xml"}, "hakem: --log.format: \"xml\" is none of logfmt, json"},
      {{"collect", "--format=jsno"},
       "hakem: --format: \"jsno\" is none of prometheus, json, did you mean \"json\"?"},
      {{"demo", "--port", "x"}, "hakem: --port: \"x\" is not a whole number"},
      {{"alerts", "--format=yaml"}, "hakem: --format: \"yaml\" is none of text, json"}};
  for (const auto& [arguments, said] : cases) {
    const ProgramRun run = RunHakem(arguments);
    EXPECT_EQ(run.status, 2);
    EXPECT_THAT(run.errors, StartsWith(said));
    EXPECT_EQ(LineCount(run.errors), 1);
  }
}

TEST(CommandLine, RefusesASwitchThatIsNeitherOnNorOff) {
  for (const char* flag :
       {"--collector.locks=banana", "--no-collector.locks=banana", "--dumpmaps=banana"}) {
    const ProgramRun run = RunHakem({"serve", flag});
    EXPECT_EQ(run.status, 2) << flag;
    EXPECT_THAT(run.errors,
                StartsWith(fmt::format("hakem: {}: \"banana\" is neither true nor false",
                                       std::string(flag, std::strchr(flag, '=')))));
    EXPECT_EQ(LineCount(run.errors), 1) << run.errors;
  }
  const ProgramRun both = RunHakem({"serve", "--collector.locks=true", "--collector.locks=false"});
  EXPECT_EQ(both.status, 2);
  EXPECT_THAT(both.errors, HasSubstr("--collector.locks: it is given as true and as false"));
}

TEST(Output, ThatCannotBeWrittenIsAnError) {
  const ConfigFile data("# TYPE a gauge\na 1 1767225600\n# EOF\n");
  for (const std::string& arguments :
       {std::string("version"), std::string("--version"), std::string("--help"),
        std::string("serve --help"), std::string("config --show"), std::string("config"),
        "query a --data " + data.path(), "query a --format json --data " + data.path()}) {
    for (const char* output : {">/dev/full", ">&-"}) {
      const ShellOutput run =
          RunShell(fmt::format("{} {} {}", ShellWord(HakemProgram()), arguments, output));
      EXPECT_EQ(run.status, 2) << arguments << output << run.text;
      EXPECT_THAT(run.text, HasSubstr("hakem: cannot write to standard output: "));
    }
  }
}

TEST(Output, EscapesControlCharacters) {
  const ConfigFile data(
      "# TYPE a gauge\na{datname=\"\x1b]0;x\x07\xc2\x9b\u202e\"} 1 1767225600\n# EOF\n");
  for (const char* format : {"table", "json", "graph"}) {
    const ProgramRun run = RunHakem({"query", "a", "--data", data.path(), "--format", format});
    EXPECT_EQ(run.status, 0) << run.errors;
    EXPECT_THAT(run.output, HasSubstr("\\u001b]0;x\\u0007\\u009b\\u202e")) << format;
    EXPECT_THAT(run.output, Not(HasSubstr("\x1b"))) << format;
  }
  const ProgramRun wrong = RunHakem({"query", "a{x=\"\x1b[2J", "--data", data.path()});
  EXPECT_NE(wrong.status, 0);
  EXPECT_THAT(wrong.errors, Not(HasSubstr("\x1b")));
  EXPECT_THAT(RunHakem({"\x1b[2J"}).errors, Not(HasSubstr("\x1b")));
}

TEST(Output, GoesToTheFileThatIsNamed) {
  const ConfigFile data("# TYPE a gauge\na 1 1767225600\n# EOF\n");
  const std::string path = data.path() + ".json";
  const ProgramRun run =
      RunHakem({"query", "a", "--data", data.path(), "--format", "json", "-o", path});
  std::ifstream file(path);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  std::filesystem::remove(path);
  EXPECT_EQ(run.status, 0) << run.errors;
  EXPECT_EQ(run.output, "");
  EXPECT_THAT(text, StartsWith("{\"status\":\"success\""));
}

TEST(Output, StillTakesTheFormatOfEarlierReleases) {
  const ConfigFile data("# TYPE a gauge\na 1 1767225600\n# EOF\n");
  const std::vector<std::string> query{"query", "a", "--data", data.path()};
  for (const char* format : {"table", "json", "graph"}) {
    std::vector<std::string> before = query;
    before.insert(before.end(), {"--output", format});
    std::vector<std::string> now = query;
    now.insert(now.end(), {"--format", format});
    const ProgramRun run = RunHakem(before);
    EXPECT_EQ(run.status, 0) << run.errors;
    EXPECT_NE(run.output, "");
    EXPECT_EQ(run.output, RunHakem(now).output);
  }
}

TEST(Configuration, WithAnUnknownKeyIsRejectedWithItsPosition) {
  const ConfigFile file("targets:\n  - name: hokm\n    dns: host=db\n");
  const ProgramRun run = RunHakem({"serve", "--config", file.path()});
  EXPECT_EQ(run.status, 2);
  EXPECT_EQ(run.errors,
            "hakem: " + file.path() + ":3:5: unknown key \"dns\", did you mean \"dsn\"?\n");
}

TEST(Configuration, WithAnInvalidThresholdIsRejected) {
  const ProgramRun run = RunHakem({"serve"}, {{"MAX_ACTIVE_GAMES", "-3"}});
  EXPECT_EQ(run.status, 2);
  EXPECT_EQ(run.errors,
            "hakem: MAX_ACTIVE_GAMES: \"-3\" is not a threshold: write a number from 0 up, such as "
            "200\n");
}

TEST(Configuration, ThatIsMissingIsReported) {
  const ProgramRun run = RunHakem({"config", "--config", "/nonexistent/hakem.yml"});
  EXPECT_EQ(run.status, 2);
  EXPECT_EQ(run.errors, "hakem: cannot read /nonexistent/hakem.yml: No such file or directory\n");
}

TEST(Configuration, IsShownWithoutSecrets) {
  const ProgramRun run =
      RunHakem({"config", "--show"},
               {{"DATA_SOURCE_NAME", "postgresql://hakem:" + std::string(kCanary) + "@db/hokm"},
                {"ALERT_WEBHOOK", "https://hooks.slack.com/" + std::string(kCanary)}});
  EXPECT_EQ(run.status, 0);
  EXPECT_THAT(run.output, HasSubstr("dsn: \"dbname=hokm host=db user=hakem password=<secret>\""));
  EXPECT_THAT(run.output + run.errors, Not(HasSubstr(std::string(kCanary))));
}

TEST(RuleFile, ThatDoesNotParseIsRejectedWithThePosition) {
  const ConfigFile rules("groups:\n- name: g\n  rules:\n  - alert: A\n    expr: up >\n");
  const std::string config_path = rules.path() + ".yml";
  std::ofstream(config_path) << "targets: [{name: a}]\nrules: {files: [" << rules.path() << "]}\n";
  const ProgramRun run = RunHakem({"serve", "--config", config_path});
  std::filesystem::remove(config_path);
  EXPECT_EQ(run.status, 2);
  EXPECT_THAT(run.errors, StartsWith("hakem: " + rules.path() + ":5:"));
  EXPECT_THAT(run.errors, HasSubstr("unexpected end of input"));
  EXPECT_EQ(LineCount(run.errors), 1);
}

TEST(Serve, ReportsAPortInUse) {
  const auto server = web::Server::Start(
      {.address = {.host = "127.0.0.1", .port = 0}},
      [](const web::Request&) { return web::TextResponse(200, ""); }, Log::Silent().For("test"));
  ASSERT_TRUE(server);
  const std::string address = "127.0.0.1:" + std::to_string((*server)->port());
  const ProgramRun run = RunHakem({"serve", "--web.listen-address", address});
  EXPECT_EQ(run.status, 2);
  EXPECT_THAT(run.errors, HasSubstr(address));
  EXPECT_THAT(run.errors, HasSubstr("--web.listen-address"));
  EXPECT_EQ(LineCount(run.errors), 1);
}

TEST(Serve, ReportsAStateDirectoryThatCannotBeUsed) {
  const ProgramRun run = RunHakem(
      {"serve", "--web.listen-address", "127.0.0.1:0", "--state.directory", "/proc/hakem"});
  EXPECT_EQ(run.status, 2);
  EXPECT_THAT(run.errors, StartsWith("hakem: cannot create state directory /proc/hakem: "));
  EXPECT_EQ(LineCount(run.errors), 1);
}

TEST(Serve, RejectsFlagsOfPostgresExporterWithTheReplacement) {
  const std::pair<std::vector<std::string>, std::string> cases[] = {
      {{"--dumpmaps"}, "--dumpmaps: there are no maps: `hakem explain collectors`"},
      {{"--constantLabels=a=b"}, "--constantLabels: set `labels` of the scrape job"},
      {{"--extend.query-path", "q.yaml"}, "--extend.query-path: Hakem reads no queries.yaml"},
      {{"--metric-prefix=x"}, "--metric-prefix: names begin with pg_"},
      {{"--web.systemd-socket"}, "--web.systemd-socket: Hakem opens its port itself"},
      {{"--collector.xlog_location"}, "servers before PostgreSQL 10"},
      {{"--web.listen-address=:1", "--web.listen-address=:2"}, "Hakem listens on one"}};
  for (const auto& [flags, said] : cases) {
    std::vector<std::string> arguments{"serve"};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    const ProgramRun run = RunHakem(arguments);
    EXPECT_EQ(run.status, 2) << flags.front();
    EXPECT_THAT(run.errors, HasSubstr(said));
    EXPECT_EQ(LineCount(run.errors), 1);
  }
  const ProgramRun variable = RunHakem({"serve"}, {{"PG_EXPORTER_CONSTANT_LABELS", "a=b"}});
  EXPECT_EQ(variable.status, 2);
  EXPECT_THAT(variable.errors, HasSubstr("--constantLabels"));
}

TEST(Output, ToAnUnwritablePathIsRefusedBeforeAnythingIsAsked) {
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"alerts"}, {"explain", "collectors"}, {"query", "up"}}) {
    std::vector<std::string> arguments = command;
    arguments.insert(arguments.end(), {"-o", "/nonexistent/result"});
    const ProgramRun run = RunHakem(arguments);
    EXPECT_EQ(run.status, 2);
    EXPECT_THAT(run.errors, StartsWith("hakem: cannot write /nonexistent/result"));
  }
}

TEST(Collect, ReportsAPathItCannotWrite) {
  const ProgramRun run = RunHakem({"collect", "--output", "/nonexistent/page.prom"});
  EXPECT_EQ(run.status, 2);
  EXPECT_THAT(run.errors, StartsWith("hakem: cannot write /nonexistent/page.prom"));
  EXPECT_EQ(LineCount(run.errors), 1);
}

TEST(Collect, ReportsAHostThatCannotBeReached) {
  const std::string port = std::to_string(process::FreePort());
  const ProgramRun run = RunHakem(
      {"collect"},
      {{"DB_HOST", "127.0.0.1"}, {"DB_PORT", port}, {"DB_PASSWORD", std::string(kCanary)}});
  EXPECT_EQ(run.status, 3);
  EXPECT_THAT(run.errors, HasSubstr("127.0.0.1"));
  EXPECT_THAT(run.errors, HasSubstr(port));
  EXPECT_THAT(run.errors, Not(HasSubstr(std::string(kCanary))));
  EXPECT_EQ(LineCount(run.errors), 1);
}

TEST(Alerts, ReportsThatNeitherServerNorDatabaseAnswers) {
  const std::string port = std::to_string(process::FreePort());
  const ProgramRun run = RunHakem({"alerts", "--server", "http://127.0.0.1:" + port},
                                  {{"DB_HOST", "127.0.0.1"}, {"DB_PORT", port}});
  EXPECT_EQ(run.status, 3);
  EXPECT_EQ(LineCount(run.errors), 1);
}

TEST(Demo, ReportsATemporaryFolderItCannotWrite) {
  const ProgramRun run = RunHakem({"demo", "--seconds", "1"}, {{"TMPDIR", "/nonexistent"}});
  EXPECT_EQ(run.status, 2);
  EXPECT_THAT(run.errors, HasSubstr("/nonexistent"));
  EXPECT_EQ(LineCount(run.errors), 1);
}

}  // namespace
}  // namespace hakem

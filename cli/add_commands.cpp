#include "cli/add_commands.h"

#include <variant>

#include "cli/output/output.h"
#include "cli/query.h"

namespace hakem::exporter {

void AddSetup(const Commands& commands) {
  auto [command, read] = commands.Add<SetupOptions>(
      "setup", "Prepare a database: the role with the least rights, or indexes that help", Setup);
  SetupOptions& setup = read.own;
  AddConfigFile(command, read.common);
  AddParsed(command, "--admin",
            "who may create roles; what it lacks (host, port, dbname) is the target's, its "
            "password also libpq's PGPASSWORD (default: the target's own user)",
            "CONNINFO", [&setup](const std::string& text) {
              setup.admin = Secret(text);
              return Result<void>();
            });
  command
      .add_option("--role", setup.role,
                  "the role to prepare (default: the target's user, hakem where that one is a "
                  "superuser)")
      ->type_name("NAME");
  command
      .add_option("--role-password-file", setup.role_password_file,
                  "holds the role's password (default: the target's, else HAKEM_ROLE_PASSWORD, "
                  "else you are asked)")
      ->type_name("FILE");
  command.add_flag("--indexes", setup.indexes,
                   "instead: what makes the game cheaper to watch: indexes, CONCURRENTLY, and "
                   "room in the pages of live rows");
  command.add_flag("--dry-run", setup.dry_run, "print the SQL and change nothing");
  command.add_flag("--yes", setup.yes, "do not ask");
}

void AddCollect(const Commands& commands) {
  auto [command, read] =
      commands.Add<CollectOptions>("collect", "Collect once and print what was found", Collect);
  AddCommon(command, read.common);
  AddWord(command, "--format", read.own.format, "prometheus or json (default prometheus)",
          {"prometheus", "json"});
  command
      .add_option("--output", read.own.output,
                  "a file to replace as a whole (default: standard output)")
      ->type_name("FILE");
}

void AddAlerts(const Commands& commands) {
  auto [command, read] = commands.Add<AlertsOptions>(
      "alerts", "Show alerts: a running Hakem's, or what one collection says", ShowAlerts);
  AddCommon(command, read.common);
  AddServer(command, read.own.server);
  AddOutput(command, read.own.output);
}

void AddExplain(const Commands& commands) {
  auto [command, read] =
      commands.Under("explain", "Say why Hakem does what it does")
          .Add<ExplainOptions>("collectors",
                               "Each collector: planned in or out and why, its cost, age and last "
                               "error",
                               ExplainCollectors);
  AddCommon(command, read.common);
  AddServer(command, read.own.server);
  AddOutput(command, read.own.output);
}

void AddQuery(const Commands& commands) {
  auto [command, read] = commands.Add<QueryOptions>(
      "query", "Evaluate PromQL: at an instant, over a range, as a graph",
      [](const CommonOptions&, const QueryOptions& options) { return Query(options); });
  QueryOptions& query = read.own;
  command.add_option("expr", query.expr, "the expression")->required()->type_name("EXPR");
  command
      .add_option("--time", query.time,
                  "RFC 3339 or seconds since 1970: when, or the end of the range (default now; "
                  "with --data the newest sample)")
      ->type_name("TIME");
  AddDuration(command, "--range", "evaluate over so long a time",
              [&query](Duration length) { query.range = length; });
  AddDuration(command, "--step", "between the points of a range (default: some 200 points)",
              [&query](Duration length) { query.step = length; });
  command
      .add_option("--server", query.server,
                  "the Hakem or Prometheus to ask (default http://127.0.0.1:9187)")
      ->type_name("URL");
  command.add_option("--data", query.data, "ask an OpenMetrics file with timestamps instead")
      ->type_name("FILE");
  AddFeatures(command, "with --data: as hakem serve has it; a server has its own", query.features);
  AddWord(command, "--output", query.output,
          "table, json or graph, which is of the last hour without --range (default table)",
          {"table", "json", "graph"});
}

void AddDemo(const Commands& commands) {
  auto [command, read] = commands.Add<demo::DemoOptions>(
      "demo", "Show all of it on a private PostgreSQL: games, metrics, an alert and its message",
      [](const CommonOptions&, const demo::DemoOptions& options) { return Demo(options); });
  demo::DemoOptions& demo = read.own;
  command
      .add_option("--port", demo.port,
                  "where Hakem serves HTTP (default 9187, or any other while that is taken)")
      ->type_name("N");
  AddParsed(command, "--seconds",
            "end after so long, with status 0 only if everything was seen (default: until Ctrl-C)",
            "N", [&demo](const std::string& text) {
              return ParseWholeNumber(text).and_then([&](int seconds) -> Result<void> {
                if (seconds < 1) {
                  return Fail(ErrorCode::kInvalidInput,
                              fmt::format("\"{}\" is not a number of seconds", text));
                }
                demo.length = std::chrono::seconds(seconds);
                return {};
              });
            });
}

void AddConfig(const Commands& commands) {
  auto [command, read] =
      commands.Add<ConfigOptions>("config", "Check the configuration, and show it", CheckConfig);
  AddCommon(command, read.common);
  command.add_flag("--show", read.own.show,
                   "print everything that is in force, defaults included, secrets masked");
}

void AddVersion(const Commands& commands) {
  commands.Add<std::monostate>("version", "Print the version",
                               [](const CommonOptions&, const std::monostate&) -> int {
                                 Print(VersionLine() + '\n');
                                 return kFine;
                               });
}

std::string VersionLine() {
  return fmt::format("hakem {}", HAKEM_VERSION);
}

}  // namespace hakem::exporter

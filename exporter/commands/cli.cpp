#include "exporter/commands/cli.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "collectors/core/collector.h"
#include "exporter/commands/commands.h"
#include "exporter/commands/peer_flags.h"
#include "exporter/commands/query/query.h"
#include "model/duration.h"
#include "model/nearest.h"

namespace hakem::exporter {
namespace {

const std::map<std::string, LogLevel> kLogLevels{{"debug", LogLevel::kDebug},
                                                 {"info", LogLevel::kInfo},
                                                 {"warn", LogLevel::kWarn},
                                                 {"error", LogLevel::kError}};
const std::map<std::string, LogFormat> kLogFormats{{"logfmt", LogFormat::kLogfmt},
                                                   {"json", LogFormat::kJson}};

constexpr const char* kFooter =
    "Exit status: 0 fine, 1 what was checked is wrong, 2 bad usage or configuration, a busy port "
    "or "
    "an unwritable path, 3 the database or the server cannot be reached.\n"
    "Without --config these variables say where the database is: DATA_SOURCE_NAME, or DB_HOST, "
    "DB_PORT, DB_NAME, DB_USER and DB_PASSWORD, or libpq's PG*.";

/// Holds what the options are read into; the chosen command runs after everything was read.
class CommandLine {
 public:
  CommandLine()
      : app_("Hakem watches a game that lives on PostgreSQL: metrics, alerts, and who is told.") {
    app_.name("hakem");
    app_.footer(kFooter);
    app_.require_subcommand(1);
    app_.set_version_flag("--version", VersionLine());
    AddServe();
    AddSetup();
    AddCollect();
    AddAlerts();
    AddQuery();
    AddExplain();
    AddSimulate();
    AddDemo();
    AddConfig();
    AddVersion();
  }

  int Run(int argc, const char* const* argv) {
    try {
      app_.parse(argc, argv);
    } catch (const CLI::Success& wanted) {  // --help, --version
      return app_.exit(wanted);
    } catch (const CLI::ParseError& error) {
      return Report({ErrorCode::kInvalidInput, error.what() + Hint(argc, argv)});
    }
    return chosen_();
  }

 private:
  static std::string VersionLine() { return fmt::format("hakem {}", HAKEM_VERSION); }

  /// The end of a usage error: the nearest command, or where to read more.
  std::string Hint(int argc, const char* const* argv) const {
    std::vector<std::string> names;
    for (const CLI::App* command : app_.get_subcommands(nullptr)) {
      names.push_back(command->get_name());
    }
    const std::string typed = argc > 1 ? argv[1] : "";
    for (const std::string& name : names) {
      if (name == typed) {
        return fmt::format("; see hakem {} --help", name);
      }
    }
    const std::vector<std::string_view> known(names.begin(), names.end());
    const std::string nearest = DidYouMean(typed, known);
    return nearest.empty() ? "; see hakem --help" : nearest;
  }

  CLI::App& AddCommand(const std::string& name, const std::string& help, std::function<int()> run) {
    CLI::App* command = app_.add_subcommand(name, help);
    command->callback([this, run = std::move(run)] { chosen_ = run; });
    return *command;
  }

  template <typename Number>
  static void AddNumber(CLI::App& command, const std::string& name, Number& target,
                        const std::string& help) {
    command.add_option(name, target, fmt::format("{} (default {})", help, target))->type_name("N");
  }

  /// An option whose text `parse` reads and puts where it belongs.
  static void AddParsed(CLI::App& command, const std::string& name, const std::string& help,
                        const std::string& type,
                        const std::function<Result<void>(const std::string&)>& parse) {
    command
        .add_option_function<std::string>(
            name,
            [name, parse](const std::string& text) {
              if (const Result<void> parsed = parse(text); !parsed) {
                throw CLI::ValidationError(name, parsed.error().message);
              }
            },
            help)
        ->type_name(type);
  }

  static void AddDuration(CLI::App& command, const std::string& name, const std::string& help,
                          const std::function<void(Duration)>& set) {
    AddParsed(command, name, help, "DURATION",
              [set](const std::string& text) { return ParseDuration(text).map(set); });
  }

  /// The options of commands that read the configuration.
  void AddCommon(CLI::App& command) {
    AddConfigFile(command);
    AddLogging(command);
  }

  void AddConfigFile(CLI::App& command) {
    command
        .add_option("--config", common_.config_path, "hakem.yml; without it the environment counts")
        ->type_name("FILE");
  }

  void AddLogging(CLI::App& command) {
    command
        .add_option("--log-level,--log.level", common_.log_level,
                    "debug, info, warn or error (default: info where it runs on, else error)")
        ->transform(CLI::CheckedTransformer(kLogLevels).description(""))
        ->type_name("LEVEL");
    command
        .add_option("--log-format,--log.format", common_.log_format,
                    "logfmt or json (default logfmt)")
        ->transform(CLI::CheckedTransformer(kLogFormats).description(""))
        ->type_name("FORMAT");
  }

  void AddServe() {
    CLI::App& command = AddCommand("serve", "Watch a database: collect, serve /metrics, alert",
                                   [this] { return Serve(common_, serve_); });
    AddCommon(command);
    command
        .add_option("--web.listen-address", serve_.listen_addresses,
                    "where to serve HTTP (default :9187)")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->type_name("HOST:PORT");
    command
        .add_option("--web.config.file", serve_.web_config_file,
                    "TLS and users: a web.yml as Prometheus and its exporters read it")
        ->type_name("FILE");
    command
        .add_option("--state.directory", serve_.state_directory,
                    "where to keep what survives a restart (default $STATE_DIRECTORY, else "
                    "/var/lib/hakem, else nowhere)")
        ->type_name("DIR");
    command
        .add_option("--import", serve_.import_file,
                    "OpenMetrics with timestamps, put into the history at start; without a "
                    "database to watch the API serves it alone")
        ->type_name("FILE");
    AddFeatures(command,
                "what is experimental in PromQL, by Prometheus' names with commas between "
                "them; docs/promql.md lists them",
                serve_.features);
    AddPeerFlags(command);
  }

  /// `--enable-feature A,B`, once or several times.
  static void AddFeatures(CLI::App& command, const std::string& help, promql::Features& target) {
    const auto add = [&target](const std::vector<std::string>& lists) {
      const Result<promql::Features> features = promql::FeaturesNamed(lists);
      if (!features) {
        throw CLI::ValidationError("--enable-feature", features.error().message);
      }
      target = target.With(*features);
    };
    command.add_option_function<std::vector<std::string>>("--enable-feature", add, help)
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->type_name("NAMES");
  }

  /// The flags that postgres_exporter has.
  void AddPeerFlags(CLI::App& command) {
    constexpr const char* kGroup = "Flags of postgres_exporter";
    for (const PeerFlag& flag : PeerFlags()) {
      const std::string name(flag.name);
      const auto take = [this, &flag](const std::string& value) {
        serve_.peer_flags.emplace_back(&flag, value);
      };
      CLI::Option* option =
          flag.is_switch
              ? command.add_flag_callback(
                    name, [take] { take("true"); }, std::string(flag.help))
              : command.add_option_function<std::string>(name, take, std::string(flag.help))
                    ->type_name("TEXT");
      option->group(kGroup);
      if (!flag.variable.empty()) {
        option->envname(std::string(flag.variable));
      }
      if (flag.is_switch) {
        command.add_flag_callback("--no-" + name.substr(2), [take] { take("false"); })->group("");
      }
    }
    for (const collectors::CollectorSpec* spec : collectors::kCollectors) {
      AddCollectorFlags(command, std::string(spec->name), std::string(spec->help));
    }
    AddCollectorFlags(command, "xlog_location", "");
  }

  /// `--collector.NAME` and `--no-collector.NAME`.
  void AddCollectorFlags(CLI::App& command, const std::string& name, const std::string& help) {
    const auto set = [this, name](bool enabled) {
      const std::string_view why_not = WhyNoSuchCollector(name);
      if (why_not.empty()) {
        serve_.collectors[name] = enabled;
      } else if (enabled) {
        throw CLI::ValidationError("--collector." + name, std::string(why_not));
      }
    };
    command
        .add_flag_callback(
            "--collector." + name, [set] { set(true); }, help)
        ->group(help.empty() ? "" : "Collectors (--no-collector.NAME turns one off)");
    command.add_flag_callback("--no-collector." + name, [set] { set(false); })->group("");
  }

  void AddSetup() {
    CLI::App& command = AddCommand(
        "setup", "Prepare a database: the role with the least rights, or indexes that help",
        [this] { return Setup(common_, setup_); });
    AddConfigFile(command);
    AddParsed(command, "--admin",
              "who may create roles; what it lacks (host, port, dbname) is the target's, its "
              "password also libpq's PGPASSWORD (default: the target's own user)",
              "CONNINFO", [this](const std::string& text) {
                setup_.admin = Secret(text);
                return Result<void>();
              });
    command
        .add_option("--role", setup_.role,
                    "the role to prepare (default: the target's user, hakem where that one is a "
                    "superuser)")
        ->type_name("NAME");
    command
        .add_option("--role-password-file", setup_.role_password_file,
                    "holds the role's password (default: the target's, else HAKEM_ROLE_PASSWORD, "
                    "else you are asked)")
        ->type_name("FILE");
    command.add_flag("--indexes", setup_.indexes,
                     "instead: what makes the game cheaper to watch: indexes, CONCURRENTLY, and "
                     "room in the pages of live rows");
    command.add_flag("--dry-run", setup_.dry_run, "print the SQL and change nothing");
    command.add_flag("--yes", setup_.yes, "do not ask");
  }

  void AddCollect() {
    CLI::App& command = AddCommand("collect", "Collect once and print what was found",
                                   [this] { return Collect(common_, collect_); });
    AddCommon(command);
    command.add_option("--format", collect_.format, "prometheus or json (default prometheus)")
        ->check(CLI::IsMember({"prometheus", "json"}).description(""))
        ->type_name("FORMAT");
    command
        .add_option("--output", collect_.output,
                    "a file to replace as a whole (default: standard output)")
        ->type_name("FILE");
  }

  void AddAlerts() {
    CLI::App& command =
        AddCommand("alerts", "Show alerts: a running Hakem's, or what one collection says",
                   [this] { return ShowAlerts(common_, alerts_); });
    AddCommon(command);
    AddServer(command, alerts_.server);
    AddOutput(command, alerts_.output);
  }

  void AddExplain() {
    CLI::App* explain = app_.add_subcommand("explain", "Say why Hakem does what it does");
    explain->require_subcommand(1);
    CLI::App* command = explain->add_subcommand(
        "collectors", "Each collector: planned in or out and why, its cost, age and last error");
    command->callback(
        [this] { chosen_ = [this] { return ExplainCollectors(common_, explain_); }; });
    AddCommon(*command);
    AddServer(*command, explain_.server);
    AddOutput(*command, explain_.output);
  }

  static void AddServer(CLI::App& command, std::string& server) {
    command
        .add_option("--server", server, "the running Hakem to ask (default http://127.0.0.1:9187)")
        ->type_name("URL");
  }

  static void AddOutput(CLI::App& command, std::string& output) {
    command.add_option("--output", output, "text or json (default text)")
        ->check(CLI::IsMember({"text", "json"}).description(""))
        ->type_name("FORMAT");
  }

  void AddQuery() {
    CLI::App& command =
        AddCommand("query", "Evaluate PromQL: at an instant, over a range, as a graph",
                   [this] { return Query(query_); });
    command.add_option("expr", query_.expr, "the expression")->required()->type_name("EXPR");
    command
        .add_option("--time", query_.time,
                    "RFC 3339 or seconds since 1970: when, or the end of the range (default now; "
                    "with --data the newest sample)")
        ->type_name("TIME");
    AddDuration(command, "--range", "evaluate over so long a time",
                [this](Duration length) { query_.range = length; });
    AddDuration(command, "--step", "between the points of a range (default: some 200 points)",
                [this](Duration length) { query_.step = length; });
    command
        .add_option("--server", query_.server,
                    "the Hakem or Prometheus to ask (default http://127.0.0.1:9187)")
        ->type_name("URL");
    command.add_option("--data", query_.data, "ask an OpenMetrics file with timestamps instead")
        ->type_name("FILE");
    AddFeatures(command, "with --data: as hakem serve has it; a server has its own",
                query_.features);
    command
        .add_option("--output", query_.output,
                    "table, json or graph, which is of the last hour without --range (default "
                    "table)")
        ->check(CLI::IsMember({"table", "json", "graph"}).description(""))
        ->type_name("FORMAT");
  }

  void AddSimulate() {
    CLI::App& command = AddCommand(
        "simulate", "Play Hokm on a database that has the schema, as a game server would",
        [this] { return RunSimulate(); });
    AddLogging(command);
    simulator::WorldOptions& world = simulate_.world;
    AddParsed(command, "--dsn", "libpq's connection string; what it lacks comes from PG* variables",
              "CONNINFO", [this](const std::string& text) {
                simulate_.dsn = Secret(text);
                return Result<void>();
              });
    AddNumber(command, "--games", world.games, "games that are live at any time, lobbies included");
    AddNumber(command, "--moves-per-second", world.moves_per_second, "of all games together");
    AddNumber(command, "--players", world.players, "at least four for each game");
    AddNumber(command, "--rounds-to-win", world.rounds_to_win, "of a match, 1 to 99");
    AddNumber(command, "--abandon-ratio", world.abandon_ratio, "share of games left for good");
    AddNumber(command, "--seed", simulate_.seed, "the same seed plays the same games");
    AddNumber(command, "--connections", simulate_.connections,
              "each writes its share of the games");
    command.add_flag("--create-schema", simulate_.create_schema,
                     "create the schema hokm_game where the database lacks it");
    command
        .add_option_function<int>(
            "--history", [this](int days) { history_days_ = days; },
            "instead of playing, load a past that goes back so many days")
        ->type_name("DAYS");
    AddNumber(command, "--moves", history_.moves, "moves of that past");
    AddDuration(command, "--duration", "how long to play (default: until stopped)",
                [this](Duration length) { simulate_.duration = length; });
    const auto burst = [&world]() -> simulator::Burst& {
      return world.burst ? *world.burst : world.burst.emplace();
    };
    AddDuration(command, "--burst-after", "when a rush of games begins",
                [burst](Duration length) { burst().after = length; });
    AddDuration(command, "--burst-length", "how long the rush lasts",
                [burst](Duration length) { burst().length = length; });
    AddParsed(command, "--burst-games", "games that the rush opens beside the usual ones", "N",
              [burst](const std::string& text) -> Result<void> {
                if (!CLI::detail::lexical_cast(text, burst().games)) {
                  return Fail(ErrorCode::kInvalidInput,
                              fmt::format("\"{}\" is not a whole number", text));
                }
                return {};
              });
  }

  int RunSimulate() {
    if (!history_days_) {
      return Simulate(common_, simulate_);
    }
    history_.dsn = simulate_.dsn;
    history_.days = *history_days_;
    history_.rounds_to_win = simulate_.world.rounds_to_win;
    history_.abandon_ratio = simulate_.world.abandon_ratio;
    history_.seed = simulate_.seed;
    history_.create_schema = simulate_.create_schema;
    return LoadHistory(common_, history_);
  }

  void AddDemo() {
    CLI::App& command = AddCommand(
        "demo", "Show all of it on a private PostgreSQL: games, metrics, an alert and its message",
        [this] { return Demo(demo_); });
    command
        .add_option("--port", demo_.port,
                    "where Hakem serves HTTP (default 9187, or any other while that is taken)")
        ->type_name("N");
    AddParsed(
        command, "--seconds",
        "end after so long, with status 0 only if everything was seen (default: until Ctrl-C)", "N",
        [this](const std::string& text) -> Result<void> {
          int seconds = 0;
          if (!CLI::detail::lexical_cast(text, seconds) || seconds < 1) {
            return Fail(ErrorCode::kInvalidInput,
                        fmt::format("\"{}\" is not a number of seconds", text));
          }
          demo_.length = std::chrono::seconds(seconds);
          return {};
        });
  }

  void AddConfig() {
    CLI::App& command = AddCommand("config", "Check the configuration, and show it",
                                   [this] { return CheckConfig(common_, config_); });
    AddCommon(command);
    command.add_flag("--show", config_.show,
                     "print everything that is in force, defaults included, secrets masked");
  }

  void AddVersion() {
    AddCommand("version", "Print the version", [] {
      fmt::print("{}\n", VersionLine());
      return kFine;
    });
  }

  CLI::App app_;
  CommonOptions common_;
  ServeOptions serve_;
  SetupOptions setup_;
  CollectOptions collect_;
  AlertsOptions alerts_;
  ExplainOptions explain_;
  ConfigOptions config_;
  QueryOptions query_;
  simulator::SimulationOptions simulate_;
  simulator::HistoryOptions history_;
  std::optional<int> history_days_;
  demo::DemoOptions demo_;
  std::function<int()> chosen_;
};

}  // namespace

int RunCommandLine(int argc, const char* const* argv) {
  return CommandLine().Run(argc, argv);
}

}  // namespace hakem::exporter

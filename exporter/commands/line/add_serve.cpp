#include "collectors/core/collector.h"
#include "exporter/commands/line/add_commands.h"
#include "exporter/commands/peer_flags.h"

namespace hakem::exporter {
namespace {

/// `--collector.NAME` and `--no-collector.NAME`.
void AddCollectorFlags(CLI::App& command, ServeOptions& serve, const std::string& name,
                       const std::string& help) {
  const auto set = [&serve, name](bool enabled) {
    const std::string_view why_not = WhyNoSuchCollector(name);
    if (why_not.empty()) {
      serve.collectors[name] = enabled;
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

/// A flag that postgres_exporter has.
void AddPeerFlag(CLI::App& command, ServeOptions& serve, const PeerFlag& flag) {
  const std::string name(flag.name);
  const std::string help(flag.help);
  const auto take = [&serve, &flag](const std::string& value) {
    serve.peer_flags.emplace_back(&flag, value);
  };
  CLI::Option* option = nullptr;
  if (flag.is_switch) {
    option = command.add_flag_callback(
        name, [take] { take("true"); }, help);
    command.add_flag_callback("--no-" + name.substr(2), [take] { take("false"); })->group("");
  } else {
    option = command.add_option_function<std::string>(name, take, help)->type_name("TEXT");
  }
  option->group("Flags of postgres_exporter");
  if (!flag.variable.empty()) {
    option->envname(std::string(flag.variable));
  }
}

void AddPeerFlags(CLI::App& command, ServeOptions& serve) {
  for (const PeerFlag& flag : PeerFlags()) {
    AddPeerFlag(command, serve, flag);
  }
  for (const collectors::CollectorSpec* spec : collectors::kCollectors) {
    AddCollectorFlags(command, serve, std::string(spec->name), std::string(spec->help));
  }
  AddCollectorFlags(command, serve, "xlog_location", "");
}

}  // namespace

void AddServe(const Commands& commands) {
  auto [command, read] = commands.Add<ServeOptions>(
      "serve", "Watch a database: collect, serve /metrics, alert", Serve);
  ServeOptions& serve = read.own;
  AddCommon(command, read.common);
  command
      .add_option("--web.listen-address", serve.listen_addresses,
                  "where to serve HTTP (default :9187)")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->type_name("HOST:PORT");
  command
      .add_option("--web.config.file", serve.web_config_file,
                  "TLS and users: a web.yml as Prometheus and its exporters read it")
      ->type_name("FILE");
  command
      .add_option("--state.directory", serve.state_directory,
                  "where to keep what survives a restart (default $STATE_DIRECTORY, else "
                  "/var/lib/hakem, else nowhere)")
      ->type_name("DIR");
  command
      .add_option("--import", serve.import_file,
                  "OpenMetrics with timestamps, put into the history at start; without a "
                  "database to watch the API serves it alone")
      ->type_name("FILE");
  AddFeatures(command,
              "what is experimental in PromQL, by Prometheus' names with commas between "
              "them; docs/promql.md lists them",
              serve.features);
  AddPeerFlags(command, serve);
}

}  // namespace hakem::exporter

#include <algorithm>
#include <cstdint>
#include <functional>
#include <iterator>
#include <string>
#include <string_view>

#include "cli/add_commands.h"
#include "collectors/core/collector.h"
#include "config/peer_flags.h"

namespace hakem::exporter {
namespace {

/// Whether Go reads it as a boolean, which is how Prometheus' exporters read theirs.
bool IsBoolean(std::string_view text) {
  constexpr std::string_view kBooleans[] = {"true",  "True",  "TRUE",  "t", "T", "1",
                                            "false", "False", "FALSE", "f", "F", "0"};
  return std::find(std::begin(kBooleans), std::end(kBooleans), text) != std::end(kBooleans);
}

/// A switch `NAME` and `--no-NAME`, each also with `=true` or `=false`, as kingpin's flags of
/// Prometheus' exporters are written. `set` gets what the last of them says.
CLI::Option* AddSwitch(CLI::App& command, const std::string& name, const std::string& help,
                       const std::function<void(bool)>& set) {
  const auto add = [&](const std::string& spelled, const std::string& text, bool meant) {
    const auto take = [spelled, set, meant](std::int64_t sum) {
      if (sum == 0) {
        throw CLI::ValidationError(spelled, "it is given as true and as false");
      }
      set((sum > 0) == meant);
    };
    return command.add_flag_function(spelled, take, text)
        ->check(CLI::Validator(
            [spelled](const std::string& word) -> std::string {
              if (!IsBoolean(word)) {
                // Of a ValidationError the library makes "NAME: …" anew, without a name for an
                // option that --help does not list.
                throw CLI::ConversionError(spelled + ": \"" + word + "\" is neither true nor false",
                                           CLI::ExitCodes::ConversionError);
              }
              return "";
            },
            ""));
  };
  CLI::Option* option = add(name, help, true);
  add("--no-" + name.substr(2), "", false)->group("");
  return option;
}

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
  AddSwitch(command, "--collector." + name, help, set)
      ->group(help.empty() ? "" : "Collectors (--no-collector.NAME turns one off)");
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
    option = AddSwitch(command, name, help, [take](bool on) { take(on ? "true" : "false"); });
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

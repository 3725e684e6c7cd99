#include <fmt/format.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "cli/line/command.h"
#include "cli/line/options.h"
#include "cli/line/shared_options.h"
#include "cli/output/report.h"
#include "cli/system/stop_signals.h"
#include "collectors/core/collector.h"
#include "config/config.h"
#include "config/environment.h"
#include "config/peer_flags.h"
#include "exporter/app/app.h"
#include "exporter/app/memory_trimmer.h"
#include "model/contained.h"
#include "model/mutex.h"

namespace hakem::cli {
namespace {

using config::Config;
using config::PeerFlag;
using exporter::App;

/// How long the threads may take to end before the process leaves without them.
constexpr Duration kGrace = std::chrono::milliseconds(1500);

struct ServeOptions {
  std::string config_path;
  LogOptions log;
  std::vector<std::string> listen_addresses;  ///< Replace the configured one unless empty.
  std::string web_config_file;                ///< Replaces the configured one unless empty.
  std::string state_directory;                ///< Replaces the configured one unless empty.
  std::string import_file;                    ///< OpenMetrics with timestamps; empty: none.
  promql::Features features;                  ///< In addition to the configured ones.
  /// Flags of postgres_exporter and their values, in the order in which they apply.
  std::vector<std::pair<const PeerFlag*, std::string>> peer_flags;
  std::map<std::string, bool> collectors;  ///< `--collector.NAME`: whether it is on.
};

/// Adds `--collector.NAME` and `--no-collector.NAME`. They are hidden if `help` is empty.
void AddCollectorSwitch(CLI::App& command, ServeOptions& options, const std::string& name,
                        const std::string& help) {
  const auto set = [&options, name](bool enabled) -> Result<void> {
    const std::string_view why_not = config::WhyNoSuchCollector(name);
    if (why_not.empty()) {
      options.collectors[name] = enabled;
    } else if (enabled) {
      return Fail(ErrorCode::kInvalidInput, std::string(why_not));
    }
    return {};
  };
  AddSwitch(command, "--collector." + name, help, set,
            {.heading = help.empty() ? "" : "Collectors (--no-collector.NAME turns one off)"});
}

void AddPeerFlag(CLI::App& command, ServeOptions& options, const PeerFlag& flag) {
  const std::string name(flag.name);
  const std::string help(flag.help);
  const OptionPlace place{.heading = "Flags of postgres_exporter",
                          .variable = std::string(flag.variable)};
  const auto take = [&options, &flag](const std::string& value) -> Result<void> {
    options.peer_flags.emplace_back(&flag, value);
    return {};
  };
  if (flag.is_switch) {
    AddSwitch(
        command, name, help, [take](bool on) { return take(on ? "true" : "false"); }, place);
  } else {
    AddParsed(command, name, help, "TEXT", take, place);
  }
}

/// Adds the flags that unit files of postgres_exporter have.
void AddPeerFlags(CLI::App& command, ServeOptions& options) {
  for (const PeerFlag& flag : config::PeerFlags()) {
    AddPeerFlag(command, options, flag);
  }
  for (const collectors::CollectorSpec* spec : collectors::kCollectors) {
    AddCollectorSwitch(command, options, std::string(spec->name), std::string(spec->help));
  }
  AddCollectorSwitch(command, options, "xlog_location", "");
}

void AddOptions(CLI::App& command, ServeOptions& options) {
  AddConfigFile(command, options.config_path);
  AddList(command, "--web.listen-address", "the address to serve HTTP on (default :9187)",
          "HOST:PORT", [&options](const std::vector<std::string>& addresses) -> Result<void> {
            options.listen_addresses = addresses;
            return {};
          });
  AddText(command, "--web.config.file", options.web_config_file,
          "TLS and users: a web.yml as Prometheus and its exporters read it", "FILE");
  AddText(
      command, "--state.directory", options.state_directory,
      "where to keep what survives a restart (default $STATE_DIRECTORY, else /var/lib/hakem; if "
      "neither can be used, nothing is kept)",
      "DIR");
  AddText(command, "--import", options.import_file,
          "load OpenMetrics with timestamps into the history at start; if no database is "
          "configured, serve this file alone",
          "FILE");
  AddFeatures(command,
              "experimental PromQL features to enable, by Prometheus' names, separated by commas; "
              "docs/promql.md lists them",
              options.features);
  AddLogging(command, options.log);
  AddPeerFlags(command, options);
}

/// Puts the options over the configuration. Errors: kInvalidInput.
Result<void> Apply(const ServeOptions& options, Config& config) {
  if (options.listen_addresses.size() > 1) {
    return Fail(ErrorCode::kInvalidInput,
                fmt::format("--web.listen-address: {} addresses; Hakem listens on one (:9187 is "
                            "all interfaces of the machine)",
                            options.listen_addresses.size()));
  }
  if (!options.listen_addresses.empty()) {
    config.listen = options.listen_addresses.front();
  }
  if (!options.web_config_file.empty()) {
    config.web_config_file = options.web_config_file;
  }
  if (!options.state_directory.empty()) {
    config.state_directory = options.state_directory;
  }
  config.features = config.features.With(options.features);
  config.import_file = options.import_file;
  config.collects = options.import_file.empty() || !options.config_path.empty() ||
                    config::NamesDatabase(config::ProcessEnvironment());
  for (const auto& [flag, value] : options.peer_flags) {
    if (const Result<void> applied = flag->apply(config, value); !applied) {
      return Fail(applied.error().code, fmt::format("{}: {}", flag->name, applied.error().message));
    }
  }
  for (const auto& [name, enabled] : options.collectors) {
    config.collect.enabled[name] = enabled;
  }
  return {};
}

/// The configuration of the file or the environment, with the receivers of the environment and the
/// options of the command line. Errors: kInvalidInput.
Result<Config> LoadServeConfig(const ServeOptions& options) {
  Result<Config> config = config::LoadConfig(options.config_path, config::ProcessEnvironment());
  if (!config) {
    return config;
  }
  auto receivers = config::ReceiversFromEnvironment(config::ProcessEnvironment());
  if (!receivers) {
    return Fail(receivers.error());
  }
  config->receivers = *std::move(receivers);
  if (const Result<void> applied = Apply(options, *config); !applied) {
    return Fail(applied.error());
  }
  return config;
}

/// The program that SIGHUP reloads, if it runs. Thread-safe.
class RunningApp {
 public:
  explicit RunningApp(Logger log) : log_(std::move(log)) {}

  /// `app` outlives the calls of Reload until it is set to null.
  void Set(App* app) {
    const MutexLock lock(mutex_);
    app_ = app;
  }

  void Reload() {
    const MutexLock lock(mutex_);
    if (app_ != nullptr) {
      RunContained(log_, "configuration not reloaded: the one in force stays", [app = app_] {
        (void)app->Reload();  // It logs its error.
      });
    }
  }

 private:
  const Logger log_;
  Mutex mutex_;
  App* app_ GUARDED_BY(mutex_) = nullptr;
};

int Run(const ServeOptions& options) {
  const Log log = options.log.MakeLog(LogLevel::kInfo);
  const Logger logger = log.For("hakem");
  RunningApp running(logger);
  const StopSignals signals([&] { running.Reload(); });
  const auto app = App::Start([&] { return LoadServeConfig(options); }, log);
  if (!app) {
    return Report(app.error());
  }
  running.Set(app->get());
  while (SystemClock().SleepUntil(SystemClock().SteadyNow() + exporter::kTrimInterval,
                                  signals.token())) {
    exporter::TrimMemory();
  }
  logger.Info("stopping");
  ExitAfter(kGrace);
  running.Set(nullptr);
  return kFine;
}

}  // namespace

extern const CommandSpec serve;
constinit const CommandSpec serve{
    .name = "serve",
    .help = "Watch a database: collect, serve metrics over HTTP, evaluate rules, notify people",
    .group = CommandGroup::kWatch,
    .bind = Bind<ServeOptions, AddOptions, Run>};

}  // namespace hakem::cli

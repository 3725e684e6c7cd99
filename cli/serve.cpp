#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/stop_signals.h"
#include "config/environment.h"
#include "exporter/app/app.h"
#include "exporter/app/memory_trimmer.h"
#include "model/contained.h"
#include "model/mutex.h"

namespace hakem::exporter {
namespace {

/// The time that all threads have to end; then the process leaves without them.
constexpr Duration kGrace = std::chrono::milliseconds(1500);

}  // namespace

Result<Config> LoadServeConfig(const CommonOptions& common, const ServeOptions& options) {
  Result<Config> config = LoadConfig(common.config_path, ProcessEnvironment());
  if (!config) {
    return config;
  }
  Result<ReceiverConfig> receivers = ReceiversFromEnvironment(ProcessEnvironment());
  if (!receivers) {
    return Fail(receivers.error());
  }
  config->receivers = *std::move(receivers);
  if (!options.web_config_file.empty()) {
    config->web_config_file = options.web_config_file;
  }
  if (options.listen_addresses.size() > 1) {
    return Fail(ErrorCode::kInvalidInput,
                fmt::format("--web.listen-address: {} addresses; Hakem listens on one (:9187 is "
                            "all interfaces of the machine)",
                            options.listen_addresses.size()));
  }
  if (!options.listen_addresses.empty()) {
    config->listen = options.listen_addresses.front();
  }
  if (!options.state_directory.empty()) {
    config->state_directory = options.state_directory;
  }
  config->features = config->features.With(options.features);
  config->import_file = options.import_file;
  config->collects = options.import_file.empty() || !common.config_path.empty() ||
                     NamesDatabase(ProcessEnvironment());
  for (const auto& [flag, value] : options.peer_flags) {
    if (const Result<void> applied = flag->apply(*config, value); !applied) {
      return Fail(applied.error().code, fmt::format("{}: {}", flag->name, applied.error().message));
    }
  }
  for (const auto& [name, enabled] : options.collectors) {
    config->collect.enabled[name] = enabled;
  }
  return config;
}

int Serve(const CommonOptions& common, const ServeOptions& options) {
  const Log log = common.MakeLog(LogLevel::kInfo);
  const Logger logger = log.For("hakem");
  Mutex mutex;
  App* running = nullptr;  // Under the mutex, so that it is not taken away during a reload.
  const StopSignals signals([&] {
    const MutexLock lock(mutex);
    if (running != nullptr) {
      RunContained(logger, "configuration not reloaded: the one in force stays", [&] {
        (void)running->Reload();  // It logs what is wrong.
      });
    }
  });
  const auto app = App::Start([&] { return LoadServeConfig(common, options); }, log);
  if (!app) {
    return Report(app.error());
  }
  const auto set_running = [&](App* now) {
    const MutexLock lock(mutex);
    running = now;
  };
  set_running(app->get());
  while (SystemClock().SleepUntil(SystemClock().SteadyNow() + kTrimInterval, signals.token())) {
    TrimMemory();
  }
  logger.Info("stopping");
  ExitAfter(kGrace);
  set_running(nullptr);
  return kFine;
}

}  // namespace hakem::exporter

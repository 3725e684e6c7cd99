#include "exporter/app.h"
#include "exporter/commands/commands.h"
#include "exporter/commands/stop_signals.h"
#include "exporter/config/environment.h"

namespace hakem::exporter {
namespace {

/// The time that all threads have to end; then the process leaves without them.
constexpr Duration kGrace = std::chrono::milliseconds(1500);

}  // namespace

int Serve(const CommonOptions& common, const ServeOptions& options) {
  const StopSignals signals;
  const Log log = common.MakeLog(LogLevel::kInfo);
  Result<Config> config = LoadConfig(common.config_path, ProcessEnvironment());
  if (!config) {
    return Report(config.error());
  }
  if (!options.web_config_file.empty()) {
    config->web_config_file = options.web_config_file;
  }
  if (!options.listen_address.empty()) {
    config->listen = options.listen_address;
  }
  if (!options.state_directory.empty()) {
    config->state_directory = options.state_directory;
  }
  config->import_file = options.import_file;
  config->collects = options.import_file.empty() || !common.config_path.empty() ||
                     NamesDatabase(ProcessEnvironment());
  const auto app = App::Start(*config, log);
  if (!app) {
    return Report(app.error());
  }
  SystemClock().SleepUntil(SteadyTime::max(), signals.token());
  log.For("hakem").Info("stopping");
  ExitAfter(kGrace);
  return kFine;
}

}  // namespace hakem::exporter

#include "config/config.h"

#include <fmt/format.h>

#include "cli/line/command.h"
#include "cli/line/options.h"
#include "cli/line/shared_options.h"
#include "cli/output/output.h"
#include "cli/output/report.h"
#include "config/environment.h"
#include "config/rule_files.h"

namespace hakem::cli {
namespace {

struct ConfigOptions {
  std::string config_path;
  LogOptions log;
  bool show = false;
};

void AddOptions(CLI::App& command, ConfigOptions& options) {
  AddConfigFile(command, options.config_path);
  AddFlag(command, "--show", options.show,
          "print the whole configuration, defaults included, with secrets masked");
  AddLogging(command, options.log);
}

/// Reads the configuration and the rule files as `hakem serve` would.
int Run(const ConfigOptions& options) {
  const auto config = config::LoadConfig(options.config_path, config::ProcessEnvironment());
  if (!config) {
    return Report(config.error());
  }
  const auto groups = config::LoadRuleFiles(*config);
  if (!groups) {
    return Report(groups.error());
  }
  Print(options.show ? config::FormatConfig(*config)
                     : fmt::format("the configuration is valid: {} rule groups\n", groups->size()));
  return kFine;
}

}  // namespace

extern const CommandSpec config;
constinit const CommandSpec config{.name = "config",
                                   .help = "Check the configuration, or print it",
                                   .group = CommandGroup::kPrepare,
                                   .bind = Bind<ConfigOptions, AddOptions, Run>};

}  // namespace hakem::cli

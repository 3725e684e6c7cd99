#include "config/config.h"

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/output/output.h"
#include "config/environment.h"
#include "config/rule_files.h"

namespace hakem::exporter {

int CheckConfig(const CommonOptions& common, const ConfigOptions& options) {
  const Result<Config> config = LoadConfig(common.config_path, ProcessEnvironment());
  if (!config) {
    return Report(config.error());
  }
  const auto groups = LoadRuleFiles(config->rule_files, config->features);
  if (!groups) {
    return Report(groups.error());
  }
  if (options.show) {
    Print(FormatConfig(*config));
  } else {
    Print(fmt::format("the configuration is fine: {} groups of rules\n", groups->size()));
  }
  return kFine;
}

}  // namespace hakem::exporter

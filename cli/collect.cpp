#include "cli/line/command.h"
#include "cli/line/shared_options.h"
#include "cli/output/report.h"
#include "cli/output/result.h"
#include "cli/output/snapshot_json.h"
#include "config/config.h"
#include "config/environment.h"
#include "exporter/scrape/one_collection.h"
#include "web/exposition/exposition.h"

namespace hakem::cli {
namespace {

struct CollectOptions {
  std::string config_path;
  LogOptions log;
  OutputOptions output;
};

void AddOptions(CLI::App& command, CollectOptions& options) {
  AddConfigFile(command, options.config_path);
  AddOutput(command, options.output, {"prometheus", "json"}, OldOutput::kFile);
  AddLogging(command, options.log);
}

int Run(const CollectOptions& options) {
  const auto config = config::LoadConfig(options.config_path, config::ProcessEnvironment());
  if (!config) {
    return Report(config.error());
  }
  if (const Result<void> writable = CheckOutput(options.output); !writable) {
    return Report(writable.error());
  }
  const auto collected = exporter::CollectNow(*config, options.log.MakeLog(LogLevel::kError));
  if (!collected) {
    return Report(collected.error());
  }
  const int status = ReportProblems(*collected);
  const bool is_json = options.output.format == "json";
  const Result<void> written =
      is_json ? WriteResult(options.output, ToJson(*collected->snapshot))
              : WriteExactResult(options.output, web::RenderText(*collected->snapshot));
  return written ? status : Report(written.error());
}

}  // namespace

extern const CommandSpec collect;
constinit const CommandSpec collect{.name = "collect",
                                    .help = "Collect once and print the metrics",
                                    .group = CommandGroup::kAsk,
                                    .bind = Bind<CollectOptions, AddOptions, Run>};

}  // namespace hakem::cli

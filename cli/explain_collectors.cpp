#include <fmt/format.h>

#include "cli/line/command.h"
#include "cli/line/shared_options.h"
#include "cli/output/collector_list.h"
#include "cli/output/output.h"
#include "cli/output/report.h"
#include "cli/output/result.h"
#include "config/config.h"
#include "config/environment.h"
#include "exporter/clients/fetch.h"
#include "exporter/scrape/collectors_json.h"
#include "exporter/scrape/one_collection.h"
#include "model/clock.h"

namespace hakem::cli {
namespace {

constexpr Duration kAnswerWithin = std::chrono::seconds(5);

struct ExplainOptions {
  std::string config_path;
  LogOptions log;
  std::string server;
  OutputOptions output;
};

void AddOptions(CLI::App& command, ExplainOptions& options) {
  AddServer(command, options.server, "the running Hakem to ask");
  AddConfigFile(command, options.config_path);
  AddOutput(command, options.output, {"text", "json"}, OldOutput::kFileOrFormat);
  AddLogging(command, options.log);
}

/// What `/api/v1/collectors` would answer after one collection of our own.
Result<std::string> CollectAndExplain(const ExplainOptions& options) {
  return config::LoadConfig(options.config_path, config::ProcessEnvironment())
      .and_then([&](const config::Config& config) {
        return exporter::InspectNow(config, options.log.MakeLog(LogLevel::kError));
      })
      .transform([](const exporter::TargetStatus& status) {
        return exporter::CollectorsJson(status, SystemClock().Now());
      });
}

/// A running Hakem's answer. With a configuration file, or if no server answers, that of one
/// collection of our own.
Result<std::string> Explain(const ExplainOptions& options) {
  if (!options.config_path.empty()) {
    return CollectAndExplain(options);
  }
  Result<std::string> answer =
      exporter::Fetch(options.server + "/api/v1/collectors", kAnswerWithin);
  if (!answer) {
    const std::string no_server = answer.error().message;
    answer = CollectAndExplain(options);
    if (answer) {
      PrintError(fmt::format("no server: this is one collection of our own ({})\n", no_server));
    }
  }
  return answer;
}

int Run(const ExplainOptions& options) {
  if (const Result<void> writable = CheckOutput(options.output); !writable) {
    return Report(writable.error());
  }
  const Result<std::string> answer = Explain(options);
  const Result<std::string> text =
      answer && options.output.format == "text" ? FormatCollectors(*answer) : answer;
  const Result<void> written =
      text.and_then([&](const std::string& result) { return WriteResult(options.output, result); });
  return written ? kFine : Report(written.error());
}

}  // namespace

extern const CommandSpec explain_collectors;
constinit const CommandSpec explain_collectors{
    .name = "explain collectors",
    .help =
        "Show which collectors run and why, what they cost, how old their data is and their "
        "last errors",
    .group = CommandGroup::kAsk,
    .bind = Bind<ExplainOptions, AddOptions, Run>};

}  // namespace hakem::cli

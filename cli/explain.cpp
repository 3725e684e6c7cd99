#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/output/collector_list.h"
#include "cli/output/output.h"
#include "config/environment.h"
#include "exporter/clients/fetch.h"
#include "exporter/scrape/collectors_json.h"
#include "exporter/scrape/one_collection.h"

namespace hakem::exporter {
namespace {

constexpr Duration kAnswerWithin = std::chrono::seconds(5);

/// The same answer made of one collection of our own.
Result<std::string> CollectAndExplain(const CommonOptions& common) {
  return LoadConfig(common.config_path, ProcessEnvironment())
      .and_then([&](const Config& config) {
        return InspectNow(config, common.MakeLog(LogLevel::kError));
      })
      .transform(
          [](const TargetStatus& status) { return CollectorsJson(status, SystemClock().Now()); });
}

}  // namespace

int ExplainCollectors(const CommonOptions& common, const ExplainOptions& options) {
  // A file is asked for what it would do, not what a Hakem that runs does.
  Result<std::string> answer = common.config_path.empty()
                                   ? Fetch(options.server + "/api/v1/collectors", kAnswerWithin)
                                   : CollectAndExplain(common);
  if (!answer && common.config_path.empty()) {
    const std::string no_server = answer.error().message;
    answer = CollectAndExplain(common);
    if (answer) {
      PrintError(fmt::format("no server: this is one collection of our own ({})\n", no_server));
    }
  }
  const Result<std::string> text =
      answer && options.output == "text" ? FormatCollectors(*answer) : answer;
  if (!text) {
    return Report(text.error());
  }
  Print(fmt::format("{}{}", *text, text->ends_with('\n') ? "" : "\n"));
  return kFine;
}

}  // namespace hakem::exporter

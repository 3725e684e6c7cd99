#include "cli/commands.h"
#include "cli/output/output.h"
#include "cli/output/snapshot_json.h"
#include "cli/output/write_file.h"
#include "config/environment.h"
#include "exporter/scrape/one_collection.h"
#include "web/exposition/exposition.h"

namespace hakem::exporter {

int Collect(const CommonOptions& common, const CollectOptions& options) {
  const Result<Config> config = LoadConfig(common.config_path, ProcessEnvironment());
  if (!config) {
    return Report(config.error());
  }
  // A path that cannot be written is told before the database is asked.
  if (!options.output.empty()) {
    if (const Result<void> writable = CheckWritable(options.output); !writable) {
      return Report(writable.error());
    }
  }
  const auto collected = CollectNow(*config, common.MakeLog(LogLevel::kError));
  if (!collected) {
    return Report(collected.error());
  }
  const int status = ReportProblems(*collected);
  const bool is_json = options.format == "json";
  const std::string text =
      is_json ? ToJson(*collected->snapshot) : web::RenderText(*collected->snapshot);
  if (!options.output.empty()) {
    const Result<void> written = WriteFile(options.output, text);
    return written ? status : Report(written.error());
  }
  if (is_json || IsOutputTerminal()) {
    Print(text);
  } else {
    PrintExactly(text);  // A scraper must get labels as they are.
  }
  return status;
}

}  // namespace hakem::exporter

#include <cstdio>

#include "exporter/commands/commands.h"
#include "exporter/commands/snapshot_json.h"
#include "exporter/commands/write_file.h"
#include "exporter/config/environment.h"
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
  const auto snapshot = CollectNow(*config, common.MakeLog(LogLevel::kError));
  if (!snapshot) {
    return Report(snapshot.error());
  }
  const std::string text =
      options.format == "json" ? ToJson(**snapshot) : web::RenderText(**snapshot);
  if (options.output.empty()) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    return kFine;
  }
  const Result<void> written = WriteFile(options.output, text);
  return written ? kFine : Report(written.error());
}

}  // namespace hakem::exporter

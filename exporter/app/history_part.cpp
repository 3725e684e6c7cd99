#include "exporter/app/history_part.h"

#include <utility>

#include "config/import_file.h"
#include "model/byte_size.h"

namespace hakem::exporter {

HistoryPart::Saving::Saving(state::Database& database, tsdb::Store& store, const PartDeps& deps)
    : disk(database),
      saver(tsdb::LoadHistory(disk, store, deps.log.For("tsdb"), deps.clock.Now()),
            {.store = store,
             .disk = disk,
             .instruments = deps.own_metrics.instruments(),
             .log = deps.log.For("tsdb")}),
      loop(saver, deps.clock, deps.log.For("tsdb")) {}

HistoryPart::HistoryPart(const config::Config& config, state::State state, const PartDeps& deps)
    : deps_(deps),
      log_(deps.log.For("hakem")),
      saves_(config.collects),
      import_file_(config.import_file),
      state_(std::move(state)),
      game_store_(state_.main(), deps.clock, config.target.name),
      alert_store_(state_.main(), deps.log.For("state")),
      notification_log_(state_.main()),
      store_(config.collects ? config.history : config::KeepEverything()),
      metrics_(deps.own_metrics.instruments()) {
  if (!config.memory.history_fits) {
    log_.Warn("history.max_bytes leaves little of the memory for everything else",
              {{"max_bytes", FormatByteSize(config.history.max_bytes)},
               {"memory", FormatByteSize(config.memory.total_bytes)},
               {"limit", config.memory.source}});
  }
}

Result<void> HistoryPart::Start() {
  if (saves_ && state_.history() != nullptr) {
    saving_.emplace(*state_.history(), store_, deps_);
  }
  UpdateMetrics();
  return import_file_.empty() ? Result<void>() : Import();
}

Result<void> HistoryPart::Import() {
  Result<tsdb::Imported> imported = config::ImportFile(import_file_, store_);
  if (!imported) {
    return Fail(imported.error());
  }
  log_.Info("imported", {{"file", import_file_}, {"samples", imported->samples}});
  if (imported->dropped > 0) {
    log_.Warn("imported samples dropped: their series already had a sample as new",
              {{"file", import_file_}, {"samples", imported->dropped}});
  }
  imported_ = std::move(imported->descriptions);
  return {};
}

}  // namespace hakem::exporter

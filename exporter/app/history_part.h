#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/config.h"
#include "exporter/app/part_deps.h"
#include "state/alert_store.h"
#include "state/game_store.h"
#include "state/history_store.h"
#include "state/notification_log.h"
#include "state/state.h"
#include "tsdb/import/openmetrics_reader.h"
#include "tsdb/persistence/save_loop.h"
#include "tsdb/store/store.h"
#include "tsdb/store/store_metrics.h"

namespace hakem::exporter {

/// The part that remembers: the samples that queries and rules read, and the state directory with
/// what survives a restart. It has no Apply: all its settings need a restart.
class HistoryPart {
 public:
  HistoryPart(const config::Config& config, state::State state, const PartDeps& deps);

  /// Loads the samples from the state directory, starts to save new ones, and imports the file that
  /// the configuration names. Errors: kInvalidInput: the file cannot be imported.
  Result<void> Start();

  /// Saves the samples for the last time.
  void Stop() { saving_.reset(); }

  tsdb::Store& store() { return store_; }

  state::GameStore& game_store() { return game_store_; }

  /// Where alerts survive a restart; null when only an imported file is served.
  rules::AlertStore* alert_store() { return saves_ ? &alert_store_ : nullptr; }

  /// Where it survives a restart what receivers were notified of; null: as for alert_store.
  alertmanager::NotificationLog* notification_log() {
    return saves_ ? &notification_log_ : nullptr;
  }

  /// Descriptions of the imported metrics. Constant after Start.
  const std::vector<tsdb::MetricDescription>& imported() const { return imported_; }

  /// Updates the metrics about the store. Called by one thread at a time.
  void UpdateMetrics() { metrics_.Update(store_.Stats()); }

 private:
  /// Saves the samples to history.db again and again.
  struct Saving {
    Saving(state::Database& database, tsdb::Store& store, const PartDeps& deps);

    state::HistoryStore disk;
    tsdb::HistorySaver saver;
    tsdb::SaveLoop loop;
  };

  Result<void> Import();

  const PartDeps deps_;
  const Logger log_;
  const bool saves_;
  const std::string import_file_;  ///< Empty: there is nothing to import.
  state::State state_;
  state::GameStore game_store_;
  state::AlertStore alert_store_;
  state::NotificationLog notification_log_;
  tsdb::Store store_;
  std::vector<tsdb::MetricDescription> imported_;
  tsdb::StoreMetrics metrics_;
  std::optional<Saving> saving_;
};

}  // namespace hakem::exporter

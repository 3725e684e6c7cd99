#include "exporter/app/app.h"

#include <utility>

#include "exporter/app/alerting_part.h"
#include "exporter/app/collection_part.h"
#include "exporter/app/config_in_force.h"
#include "exporter/app/history_part.h"
#include "exporter/app/resolved_config.h"
#include "exporter/app/web_part.h"
#include "exporter/scrape/target_setup.h"
#include "model/mutex.h"
#include "state/state.h"

namespace hakem::exporter {

/// Each part uses only those above it.
struct App::Parts {
  Parts(LoadConfig load_config, const config::Config& loaded, ResolvedConfig resolved,
        state::State state, const Log& log);
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;

  ~Parts() { Stop(); }

  Result<void> Start();
  Result<void> Reload();
  void Stop();

  const LoadConfig load;
  OwnMetrics own_metrics;
  const PartDeps deps;
  HistoryPart history;
  AlertingPart alerting;
  CollectionPart collection;
  ConfigInForce config;
  WebPart web;

  Mutex mutex;  ///< Held while a configuration is applied.
  bool stopping GUARDED_BY(mutex) = false;
};

App::Parts::Parts(LoadConfig load_config, const config::Config& loaded, ResolvedConfig resolved,
                  state::State state, const Log& log)
    : load(std::move(load_config)),
      own_metrics(loaded.target.thresholds, ServerLabels(loaded.target), SystemClock().Now()),
      deps{.clock = SystemClock(), .own_metrics = own_metrics, .log = log},
      history(loaded, std::move(state), deps),
      alerting(loaded, resolved, history, deps),
      collection(loaded, resolved.target_labels, history, alerting, deps),
      config(loaded, deps),
      web(loaded, resolved,
          {.history = history,
           .alerting = alerting,
           .collection = collection,
           .config = config,
           .reload = [this] { return Reload(); }},
          deps) {}

/// Opens the port before it collects, so that a second Hakem started by mistake fails at once and
/// costs the database nothing.
Result<void> App::Parts::Start() {
  if (Result<void> started = history.Start(); !started) {
    return started;
  }
  if (Result<void> started = web.Start(); !started) {
    return started;
  }
  alerting.Start();
  collection.Start();
  return {};
}

Result<void> App::Parts::Reload() {
  const MutexLock lock(mutex);
  if (stopping) {
    return Fail(ErrorCode::kUnavailable, "Hakem is stopping");
  }
  Result<config::Config> loaded = load();
  if (loaded) {
    loaded->import_file.clear();  // It was imported at the start.
  }
  Result<ResolvedConfig> resolved = loaded.and_then(ResolveConfig);
  if (!resolved) {
    config.Reject(resolved.error());
    return Fail(resolved.error());
  }
  alerting.Apply(std::move(resolved->groups));
  web.Apply(std::move(resolved->probe));
  const bool restarted = collection.Apply(*loaded);
  config.Apply(*loaded);
  deps.log.For("hakem").Info("configuration reloaded",
                             {{"collection", restarted ? "restarted" : "unchanged"}});
  return {};
}

/// Saves the history first, so that it is saved even if another part takes too long to stop. Stops
/// collection before the web part, because requests may be waiting for a collection. Stops alerting
/// last, because collection uses it.
void App::Parts::Stop() {
  history.Stop();
  {
    const MutexLock lock(mutex);
    stopping = true;
  }
  collection.Stop();
  web.Stop();
  alerting.Stop();
}

Result<std::unique_ptr<App>> App::Start(LoadConfig load, const Log& log) {
  const Result<config::Config> loaded = load();
  Result<ResolvedConfig> resolved = loaded.and_then(ResolveConfig);
  if (!resolved) {
    return Fail(resolved.error());
  }
  Result<state::State> state =
      state::State::Open(loaded->state_directory, {.clock = SystemClock(), .log = log});
  if (!state) {
    return Fail(state.error());
  }
  auto parts = std::make_unique<Parts>(std::move(load), *loaded, *std::move(resolved),
                                       *std::move(state), log);
  if (const Result<void> started = parts->Start(); !started) {
    return Fail(started.error());
  }
  return std::unique_ptr<App>(new App(std::move(parts)));
}

Result<void> App::Reload() {
  return parts_->Reload();
}

App::App(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

App::~App() = default;

}  // namespace hakem::exporter

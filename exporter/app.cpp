#include "exporter/app.h"

#include <fmt/format.h>

#include <atomic>
#include <optional>
#include <random>
#include <stop_token>
#include <utility>

#include "alertmanager/dispatcher.h"
#include "config/import_file.h"
#include "config/restart_keys.h"
#include "exporter/clients/curl_http_client.h"
#include "exporter/clients/machine_mail_client.h"
#include "exporter/http_listener.h"
#include "exporter/own_metrics/own_metrics.h"
#include "exporter/probe/probe_handler.h"
#include "exporter/resolved_config.h"
#include "exporter/scrape/collectors_json.h"
#include "exporter/scrape/held_families.h"
#include "exporter/scrape/target_history.h"
#include "exporter/scrape/target_runner.h"
#include "exporter/scrape/target_setup.h"
#include "exporter/server_facts.h"
#include "exporter/timeline.h"
#include "model/byte_size.h"
#include "rules/rule_loop.h"
#include "rules/rule_set.h"
#include "state/game_store.h"
#include "state/history_store.h"
#include "state/state.h"
#include "tsdb/persistence/save_loop.h"
#include "tsdb/snapshot_recorder.h"
#include "tsdb/store/store_metrics.h"
#include "web/routes.h"

namespace hakem::exporter {
namespace {

/// In [0, 1), from any thread.
double Random() {
  thread_local std::minstd_rand engine(std::random_device{}());
  return std::uniform_real_distribution<>(0, 1)(engine);
}

/// Requires: `pattern` is a regular expression; empty: no origin.
web::CrossOrigin AllowedOrigins(const std::string& pattern) {
  return pattern.empty() ? web::CrossOrigin() : web::CrossOrigin(*Regex::Compile(pattern));
}

/// What the pages call the target: its name, or where it is.
std::string TargetName(const TargetConfig& target) {
  const std::string described = target.conninfo.Masked();
  if (!target.name.empty()) {
    return target.name;
  }
  return described.empty() ? "PostgreSQL" : described;
}

std::vector<web::CollectorFamilies> AllCollectorFamilies() {
  std::vector<web::CollectorFamilies> all;
  for (const collectors::CollectorSpec* spec : collectors::kCollectors) {
    web::CollectorFamilies& collector = all.emplace_back(web::CollectorFamilies{spec->name, {}});
    for (const collectors::FamilySpec& family : spec->families) {
      collector.families.push_back({family.name, family.name_is_prefix});
    }
  }
  return all;
}

/// Of what clients ask for: what is left of the memory for them.
web::WorkLimits LimitsOfWork(const MemoryLimits& memory) {
  web::WorkLimits limits;
  if (memory.requests > 0) {
    limits.concurrency = memory.requests;
    limits.shared_bytes = memory.shared_bytes;
    limits.most_bytes = memory.most_bytes;
    limits.own_bytes = memory.own_bytes;
  }
  return limits;
}

/// What takes the history to disk.
struct SavedHistory {
  SavedHistory(state::Database& database, tsdb::Store& store, Instruments& instruments,
               const Clock& clock, const Log& log)
      : disk(database),
        saver(tsdb::LoadHistory(disk, store, log.For("tsdb"), clock.Now()),
              {.store = store, .disk = disk, .instruments = instruments, .log = log.For("tsdb")}),
        loop(saver, clock, log.For("tsdb")) {}

  state::HistoryStore disk;
  tsdb::HistorySaver saver;
  tsdb::SaveLoop loop;
};

}  // namespace

/// In the order of their start; each uses only those above it.
struct App::Parts {
  Parts(const Config& config, const Log& log, ResolvedConfig resolved, state::State opened_state);

  /// Ends queries under way, so that the server's threads can be joined.
  ~Parts() { stop_queries.request_stop(); }

  Result<void> Import(const std::string& path, const Logger& log);
  void TakeSnapshot(std::shared_ptr<const Snapshot> taken);
  Result<void> Reload();
  web::Router MakeRouter(const Config& config, const Log& log, web::ServerFacts facts);

  const Clock& clock = SystemClock();
  const Timestamp started = clock.Now();
  const Duration hold;
  const Logger logger;
  state::State state;
  state::GameStore game_store;
  OwnMetrics own_metrics;
  CurlHttpClient http;
  MachineMailClient mail;
  alertmanager::Dispatcher dispatcher;
  tsdb::Store store;
  std::vector<tsdb::MetricDescription> imported;  ///< Complete before the server starts.
  tsdb::StoreMetrics store_metrics;
  tsdb::SnapshotRecorder recorder;
  Timeline timeline;
  rules::RuleSet rules;
  rules::RuleLoop rule_loop;
  Published<Snapshot> snapshot;
  Published<std::vector<web::TargetStatus>> targets;
  TargetHistory target_history;
  std::atomic<SteadyTime> last_tick;
  Mutex reloading;  ///< Held by the one that reloads.
  LoadConfig load;
  Config in_force GUARDED_BY(reloading);
  Published<std::string> config_yaml;  ///< The same as text.
  Published<web::ReloadStatus> reload_status;
  TargetRunner runner;
  ProbeHandler probe;
  const std::string telemetry_path;
  std::stop_source stop_queries;
  web::Router router;
  std::unique_ptr<HttpListener> port;
  std::optional<SavedHistory> saved_history;  ///< Last: ended first, it has saved when others hang.
};

App::Parts::Parts(const Config& config, const Log& log, ResolvedConfig resolved,
                  state::State opened_state)
    : hold(HoldOf(config.collect.fast)),
      logger(log.For("hakem")),
      state(std::move(opened_state)),
      game_store(state.main(), clock, config.target.name),
      own_metrics(config.target.thresholds, ServerLabels(config.target), clock.Now()),
      dispatcher(alertmanager::MakeIntegrations(resolved.receivers,
                                                {.http = http, .mail = mail, .clock = clock}),
                 {.clock = clock,
                  .instruments = own_metrics.instruments(),
                  .log = log.For("alertmanager"),
                  .external_url = resolved.external_url,
                  .random = Random}),
      store(config.collects ? config.history : KeepEverything()),
      store_metrics(own_metrics.instruments()),
      recorder(store, resolved.target_labels),
      timeline({.clock = clock,
                .store = store,
                .instruments = own_metrics.instruments(),
                .log = log.For("clock")}),
      rules(std::move(resolved.groups),
            {.collection_interval = config.collect.fast, .external_url = resolved.external_url},
            {.sink = [this](std::span<const Alert> alerts) { dispatcher.Receive(alerts); },
             .clock = clock,
             .instruments = own_metrics.instruments(),
             .log = log.For("rules")}),
      rule_loop(store, {.rules = rules,
                        .clock = clock,
                        .instruments = own_metrics.instruments(),
                        .log = log.For("rules")}),
      target_history(TargetName(config.target)),
      last_tick(clock.SteadyNow()),
      in_force(config),
      runner(
          config,
          {.clock = clock,
           .log = log,
           .game_store = &game_store,
           .target_labels = resolved.target_labels,
           .make_series = [this](Labels labels) { return store.MakeSeries(std::move(labels)); },
           .own_families = [this] { return own_metrics.Collect(); },
           .on_snapshot =
               [this](std::shared_ptr<const Snapshot> taken) { TakeSnapshot(std::move(taken)); }}),
      probe(std::move(resolved.probe), snapshot, clock, log),
      telemetry_path(config.telemetry_path),
      router(MakeRouter(config, log,
                        DescribeServer(config, resolved.address, resolved.external_url, started))) {
  if (config.collects && state.history() != nullptr) {
    saved_history.emplace(*state.history(), store, own_metrics.instruments(), clock, log);
  }
  store_metrics.Update(store.Stats());
  config_yaml.Set(std::make_shared<const std::string>(FormatConfigForApi(config)));
}

Result<void> App::Parts::Import(const std::string& path, const Logger& log) {
  Result<tsdb::Imported> taken = ImportFile(path, store);
  if (!taken) {
    return Fail(taken.error());
  }
  log.Info("imported", {{"file", path}, {"samples", taken->samples}});
  if (taken->dropped > 0) {
    log.Warn("imported samples dropped: their series had one as new already",
             {{"file", path}, {"samples", taken->dropped}});
  }
  imported = std::move(taken->descriptions);
  return {};
}

void App::Parts::TakeSnapshot(std::shared_ptr<const Snapshot> taken) {
  snapshot.Set(taken);
  last_tick = clock.SteadyNow();
  targets.Set(std::make_shared<const std::vector<web::TargetStatus>>(
      1, target_history.Tell(*runner.status().Get(), taken->time)));
  if (const auto clock_step = timeline.Admit(taken->time)) {
    recorder.Record(*taken);
    rule_loop.Submit(taken->time, *clock_step);
  }
  store_metrics.Update(store.Stats());
}

web::Router App::Parts::MakeRouter(const Config& config, const Log& log, web::ServerFacts facts) {
  const bool collects = config.collects;
  return web::MakeRouter(
      {.store = store,
       .snapshot = snapshot,
       .rules = rules.published(),
       .targets = targets,
       .imported = imported,
       .config_yaml = config_yaml,
       .reload_status = reload_status,
       .clock = clock,
       .facts = std::move(facts),
       .features = config.features,
       .work = std::make_shared<web::ClientWork>(LimitsOfWork(config.memory), clock,
                                                 stop_queries.get_token()),
       .stop = stop_queries.get_token(),
       .readiness =
           [this, collects] {
             return web::Readiness{
                 .configuration_loaded = true,
                 .first_collection_tried = !collects || snapshot.Get() != nullptr};
           },
       .loops =
           [this, collects] {
             if (!collects) {
               return std::vector<web::LoopStatus>();
             }
             return std::vector<web::LoopStatus>{
                 {.name = "scrape loop", .last = last_tick},
                 {.name = "rule loop", .last = rule_loop.BusySince().value_or(clock.SteadyNow())}};
           },
       .collectors = AllCollectorFamilies,
       .snapshot_age =
           [this] { return std::chrono::floor<Duration>(clock.SteadyNow() - last_tick.load()); },
       .max_role_age = hold,
       .collect_now = [this](SteadyTime deadline) { runner.CollectNow(deadline); },
       .collectors_json =
           [this] {
             const auto status = runner.status().Get();
             return CollectorsJson(status == nullptr ? TargetStatus() : *status, clock.Now());
           },
       .probe = [this](const web::Request& request) { return probe.Handle(request); },
       .reload = [this] { return Reload(); }},
      {.cross_origin = AllowedOrigins(config.cors), .telemetry_path = telemetry_path},
      own_metrics.instruments(), log.For("web"), config.admin);
}

Result<void> App::Parts::Reload() {
  const MutexLock lock(reloading);
  Result<Config> config = load();
  if (config) {
    config->import_file.clear();  // It was read at the start.
  }
  Result<ResolvedConfig> resolved = config.and_then(ResolveConfig);
  if (!resolved) {
    own_metrics.ReloadFailed();
    const auto last = reload_status.Get();
    reload_status.Set(std::make_shared<const web::ReloadStatus>(web::ReloadStatus{
        .succeeded = false, .last_success = last == nullptr ? started : last->last_success}));
    logger.Error("configuration not reloaded: the one in force stays",
                 {{"error", resolved.error().message}});
    return Fail(resolved.error());
  }
  for (const std::string_view key : NeedRestart(in_force, *config)) {
    logger.Warn("this change takes effect at the next start", {{"key", key}});
  }
  rules.Replace(std::move(resolved->groups));
  probe.SetOptions(std::move(resolved->probe));
  const bool collects_anew = config->collects && runner.Reconfigure(*config);
  own_metrics.Reloaded(config->target.thresholds, ServerLabels(config->target), clock.Now());
  in_force = *config;
  config_yaml.Set(std::make_shared<const std::string>(FormatConfigForApi(in_force)));
  reload_status.Set(std::make_shared<const web::ReloadStatus>(
      web::ReloadStatus{.succeeded = true, .last_success = clock.Now()}));
  logger.Info("configuration reloaded",
              {{"collection", collects_anew ? "begun anew" : "as it was"}});
  return {};
}

Result<std::unique_ptr<App>> App::Start(LoadConfig load, const Log& log) {
  const Result<Config> loaded = load();
  Result<ResolvedConfig> resolved = loaded.and_then(ResolveConfig);
  if (!resolved) {
    return Fail(resolved.error());
  }
  const Config& config = *loaded;
  Result<state::State> state =
      state::State::Open(config.state_directory, {.clock = SystemClock(), .log = log});
  if (!state) {
    return Fail(state.error());
  }
  const web::ListenAddress address = resolved->address;
  const bool tells_someone = resolved->receivers.slack || resolved->receivers.email;
  const bool mails_by_machine =
      resolved->receivers.email && resolved->receivers.email->smtp.host.empty();
  auto parts = std::make_unique<Parts>(config, log, *std::move(resolved), *std::move(state));
  parts->load = std::move(load);
  const Logger logger = log.For("hakem");
  if (!config.memory.history_fits) {
    logger.Warn("history.max_bytes leaves little of the memory for everything else",
                {{"max_bytes", FormatByteSize(config.history.max_bytes)},
                 {"memory", FormatByteSize(config.memory.total_bytes)},
                 {"limit", config.memory.source}});
  }
  if (!config.import_file.empty()) {
    if (const Result<void> done = parts->Import(config.import_file, logger); !done) {
      return Fail(done.error());
    }
  }
  auto port = HttpListener::Open(
      {.address = address,
       .web_config_file = config.web_config_file,
       .buffer_bytes = config.memory.buffer_bytes},
      [&router = parts->router](const web::Request& request) { return router.Handle(request); },
      {.clock = parts->clock,
       .instruments = parts->own_metrics.instruments(),
       .log = log.For("web")});
  if (!port) {
    return Fail(port.error());
  }
  parts->port = *std::move(port);
  logger.Info("serving", {{"version", HAKEM_VERSION}, {"url", parts->port->server().url()}});
  if (!tells_someone) {
    logger.Info("nobody is told of alerts: neither ALERT_WEBHOOK nor ALERT_EMAIL is set");
  }
  if (mails_by_machine) {
    logger.Info("SMTP_HOST is not set: mail goes through this machine's own mail system",
                {{"by", parts->mail.Describe()}});
  }
  if (config.collects) {
    parts->runner.Start();
  }
  return std::unique_ptr<App>(new App(std::move(parts)));
}

Result<void> App::Reload() {
  return parts_->Reload();
}

App::App(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

App::~App() {
  parts_->runner.ReleaseWaiting();  // The server waits for the requests that wait there.
}

}  // namespace hakem::exporter

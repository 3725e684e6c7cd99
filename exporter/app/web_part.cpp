#include "exporter/app/web_part.h"

#include <chrono>
#include <utility>
#include <vector>

#include "exporter/app/server_facts.h"
#include "exporter/scrape/collectors_json.h"
#include "exporter/scrape/held_families.h"
#include "web/routes.h"

namespace hakem::exporter {
namespace {

/// Requires: `pattern` is a regular expression. When it is empty, no origin is allowed.
web::CrossOrigin AllowedOrigins(const std::string& pattern) {
  return pattern.empty() ? web::CrossOrigin() : web::CrossOrigin(*Regex::Compile(pattern));
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

/// How much memory and how many threads the requests of clients may use at once.
web::WorkLimits LimitsOfWork(const config::MemoryLimits& memory) {
  web::WorkLimits limits;
  if (memory.requests > 0) {
    limits.concurrency = memory.requests;
    limits.shared_bytes = memory.shared_bytes;
    limits.most_bytes = memory.most_bytes;
    limits.own_bytes = memory.own_bytes;
  }
  return limits;
}

/// The loops whose progress decides whether the program is healthy.
std::vector<web::LoopStatus> Loops(const CollectionPart& collection, const AlertingPart& alerting,
                                   const Clock& clock) {
  if (!collection.collects()) {
    return {};
  }
  return {{.name = "scrape loop", .last = collection.last_tick()},
          {.name = "rule loop", .last = alerting.BusySince().value_or(clock.SteadyNow())}};
}

}  // namespace

WebPart::WebPart(const config::Config& config, const ResolvedConfig& resolved, Sources sources,
                 const PartDeps& deps)
    : deps_(deps),
      sources_(std::move(sources)),
      listener_options_(
          {.address = resolved.address,
           .web_config_file = config.web_config_file,
           .buffer_bytes = config.memory.buffer_bytes,
           .answers_at_once =
               [this](const web::Request& request) { return router_.AnswersAtOnce(request); }}),
      telemetry_path_(config.telemetry_path),
      probe_(resolved.probe, sources_.collection.snapshot(), deps.clock, deps.log),
      router_(MakeRouter(config, DescribeServer(config, resolved.address, resolved.external_url,
                                                deps.clock.Now()))) {}

web::Router WebPart::MakeRouter(const config::Config& config, web::ServerFacts facts) {
  HistoryPart& history = sources_.history;
  AlertingPart& alerting = sources_.alerting;
  CollectionPart& collection = sources_.collection;
  const Clock& clock = deps_.clock;
  return web::MakeRouter(
      {.store = history.store(),
       .snapshot = collection.snapshot(),
       .rules = alerting.rules_status(),
       .targets = collection.targets(),
       .imported = history.imported(),
       .config_yaml = sources_.config.yaml(),
       .reload_status = sources_.config.reload_status(),
       .clock = clock,
       .facts = std::move(facts),
       .features = config.features,
       .work = std::make_shared<web::ClientWork>(LimitsOfWork(config.memory), clock,
                                                 stop_queries_.get_token()),
       .stop = stop_queries_.get_token(),
       .readiness =
           [&collection] {
             return web::Readiness{
                 .configuration_loaded = true,
                 .first_collection_tried =
                     !collection.collects() || collection.snapshot().Get() != nullptr};
           },
       .loops = [this] { return Loops(sources_.collection, sources_.alerting, deps_.clock); },
       .collectors = AllCollectorFamilies,
       .snapshot_age =
           [this] {
             return std::chrono::floor<Duration>(deps_.clock.SteadyNow() -
                                                 sources_.collection.last_tick());
           },
       .max_role_age = HoldTime(config.collect.fast),
       .collect_now = [&collection](SteadyTime deadline) { collection.CollectNow(deadline); },
       .collectors_json =
           [this] {
             const auto status = sources_.collection.status().Get();
             return CollectorsJson(status == nullptr ? TargetStatus() : *status, deps_.clock.Now());
           },
       .probe = [this](const web::Request& request) { return probe_.Handle(request); },
       .reload = sources_.reload},
      {.cross_origin = AllowedOrigins(config.cors), .telemetry_path = telemetry_path_},
      deps_.own_metrics.instruments(), deps_.log.For("web"), config.admin);
}

Result<void> WebPart::Start() {
  auto listener = HttpListener::Open(
      listener_options_, [this](const web::Request& request) { return router_.Handle(request); },
      {.clock = deps_.clock,
       .instruments = deps_.own_metrics.instruments(),
       .log = deps_.log.For("web")});
  if (!listener) {
    return Fail(listener.error());
  }
  listener_ = *std::move(listener);
  deps_.log.For("hakem").Info("serving",
                              {{"version", HAKEM_VERSION}, {"url", listener_->server().url()}});
  return {};
}

void WebPart::Stop() {
  stop_queries_.request_stop();
  listener_.reset();
}

}  // namespace hakem::exporter

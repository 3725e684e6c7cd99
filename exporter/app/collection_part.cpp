#include "exporter/app/collection_part.h"

#include <utility>

namespace hakem::exporter {
namespace {

/// What the pages call the target: its name, or else its address.
std::string TargetName(const config::TargetConfig& target) {
  const std::string described = target.conninfo.Masked();
  if (!target.name.empty()) {
    return target.name;
  }
  return described.empty() ? "PostgreSQL" : described;
}

}  // namespace

CollectionPart::CollectionPart(const config::Config& config, const Labels& target_labels,
                               HistoryPart& history, AlertingPart& alerting, const PartDeps& deps)
    : deps_(deps),
      collects_(config.collects),
      history_(history),
      alerting_(alerting),
      recorder_(history.store(), target_labels),
      timeline_({.clock = deps.clock,
                 .store = history.store(),
                 .instruments = deps.own_metrics.instruments(),
                 .log = deps.log.For("clock"),
                 .step_rules =
                     [&alerting](Duration step, const std::function<void()>& move_samples) {
                       alerting.StepClock(step, move_samples);
                     }}),
      target_uptime_(TargetName(config.target)),
      last_tick_(deps.clock.SteadyNow()),
      runner_(config,
              {.clock = deps.clock,
               .log = deps.log,
               .game_store = &history.game_store(),
               .target_labels = target_labels,
               .make_series = [&store = history.store()](
                                  Labels labels) { return store.MakeSeries(std::move(labels)); },
               .own_families = [&own = deps.own_metrics] { return own.Collect(); },
               .on_snapshot = [this](const std::shared_ptr<const Snapshot>& snapshot,
                                     const TargetStatus& status) { Publish(snapshot, status); }}) {}

void CollectionPart::Start() {
  if (collects_) {
    runner_.Start();
  }
}

void CollectionPart::Publish(const std::shared_ptr<const Snapshot>& snapshot,
                             const TargetStatus& status) {
  snapshot_.Set(snapshot);
  last_tick_ = deps_.clock.SteadyNow();
  status_.Set(std::make_shared<const TargetStatus>(status));
  targets_.Set(std::make_shared<const std::vector<web::TargetStatus>>(
      1, target_uptime_.Describe(status, snapshot->time)));
  if (timeline_.Admit(snapshot->time)) {
    recorder_.Record(*snapshot);
    if (status.facts) {
      alerting_.SetExtensions(status.facts->extensions);
    }
    alerting_.Evaluate(snapshot->time);
  }
  history_.UpdateMetrics();
}

}  // namespace hakem::exporter

#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "tests/support/fake_clock.h"
#include "web/context/handler_context.h"

namespace hakem::web {

/// The context of a program that has not collected anything yet. Tests set facts and features
/// before they call Context(); everything else they may also change afterwards.
struct FakeProgram {
  /// The context refers to this object, which must outlive it.
  HandlerContext Context() {
    return {.store = *store,
            .snapshot = snapshot,
            .rules = rules,
            .targets = targets,
            .imported = imported,
            .config_yaml = config_yaml,
            .reload_status = reload_status,
            .clock = clock,
            .facts = facts,
            .features = features,
            .work = std::make_shared<ClientWork>(WorkLimits(), clock, stop.get_token()),
            .stop = stop.get_token(),
            .readiness = [this] { return readiness; },
            .loops = [] { return std::vector<LoopStatus>(); },
            .collectors = [this] { return collectors; },
            .snapshot_age = [] { return Duration(0); },
            .max_role_age = std::chrono::seconds(15),
            .collect_now = [this](SteadyTime deadline) { collect_now(deadline); },
            .collectors_json = [] { return std::string("{}"); },
            .probe = [this](const Request& request) { return probe(request); },
            .reload = [this] { return reload(); }};
  }

  FakeClock clock;
  std::unique_ptr<tsdb::Store> store = std::make_unique<tsdb::Store>();
  Published<Snapshot> snapshot;
  Published<rules::RulesStatus> rules;
  Published<std::vector<TargetStatus>> targets;
  std::vector<tsdb::MetricDescription> imported;
  Published<std::string> config_yaml;
  Published<ReloadStatus> reload_status;
  ServerFacts facts;
  promql::Features features;
  std::stop_source stop;
  Readiness readiness;
  std::vector<CollectorFamilies> collectors;
  std::function<void(SteadyTime deadline)> collect_now = [](SteadyTime) {};
  Handler probe = [](const Request&) { return TextResponse(200, "probed"); };
  std::function<Result<void>()> reload = [] { return Result<void>(); };
};

}  // namespace hakem::web

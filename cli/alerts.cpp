#include <fmt/format.h>

#include <algorithm>

#include "cli/commands.h"
#include "cli/output/alert_list.h"
#include "cli/output/output.h"
#include "config/environment.h"
#include "config/rule_files.h"
#include "exporter/clients/fetch.h"
#include "exporter/own_metrics/registry_instruments.h"
#include "exporter/scrape/one_collection.h"
#include "exporter/scrape/target_setup.h"
#include "rules/rule_set.h"
#include "tsdb/snapshot_queryable.h"
#include "web/api_v1/rules/rules.h"

namespace hakem::exporter {
namespace {

constexpr Duration kAnswerWithin = std::chrono::seconds(5);

/// The answer of `/api/v1/alerts` made of one collection: every alert whose expression has a result
/// now, as if its `for` were over. What the collection lacks is printed, and makes `status` kWrong.
Result<std::string> EvaluateNow(const CommonOptions& common, int& status) {
  const auto config = LoadConfig(common.config_path, ProcessEnvironment());
  if (!config) {
    return Fail(config.error());
  }
  auto groups = LoadRuleFiles(config->rule_files, config->features);
  if (!groups) {
    return Fail(groups.error());
  }
  for (rules::RuleGroup& group : *groups) {
    for (rules::AlertRule& rule : group.rules) {
      rule.policy.hold = Duration(0);
    }
  }
  const Log log = common.MakeLog(LogLevel::kError);
  const auto collected = CollectNow(*config, log);
  if (!collected) {
    return Fail(collected.error());
  }
  status = ReportProblems(*collected);
  const auto& snapshot = collected->snapshot;
  RegistryInstruments instruments;
  rules::RuleSet rules(*std::move(groups),
                       {.collection_interval = config->collect.fast, .external_url = ""},
                       {.sink = [](std::span<const Alert>) {},
                        .clock = SystemClock(),
                        .instruments = instruments,
                        .log = log.For("rules")});
  const auto address = web::ParseListenAddress(config->listen);
  if (!address) {
    return Fail(address.error());
  }
  rules.Evaluate(tsdb::SnapshotQueryable(snapshot, TargetLabels(*config, *address)),
                 snapshot->time);
  return *web::AlertsResponse(rules.Status().get()).body;
}

}  // namespace

int ShowAlerts(const CommonOptions& common, const AlertsOptions& options) {
  int status = kFine;
  Result<std::string> answer = Fetch(options.server + "/api/v1/alerts", kAnswerWithin);
  if (!answer) {
    const Error no_server = answer.error();
    answer = EvaluateNow(common, status);
    if (!answer) {
      return answer.error().code == ErrorCode::kInvalidInput
                 ? Report(answer.error())
                 : Report({answer.error().code,
                           fmt::format("{}; no server: {}", answer.error().message,
                                       no_server.message)});
    }
    PrintError(fmt::format("no server: `for` not applied ({})\n", no_server.message));
  }
  auto alerts = ReadAlerts(*answer);
  if (!alerts) {
    return Report(alerts.error());
  }
  const bool any_fires = std::any_of(alerts->begin(), alerts->end(), [](const ListedAlert& alert) {
    return alert.state == "firing";
  });
  Print(options.output == "json" ? *answer + "\n" : FormatAlerts(*std::move(alerts)));
  return any_fires ? kWrong : status;
}

}  // namespace hakem::exporter

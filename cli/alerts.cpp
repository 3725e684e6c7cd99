#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "cli/line/command.h"
#include "cli/line/shared_options.h"
#include "cli/output/alert_list.h"
#include "cli/output/output.h"
#include "cli/output/report.h"
#include "cli/output/result.h"
#include "config/config.h"
#include "config/environment.h"
#include "config/rule_files.h"
#include "exporter/app/resolved_config.h"
#include "exporter/clients/fetch.h"
#include "exporter/own_metrics/registry_instruments.h"
#include "exporter/scrape/one_collection.h"
#include "exporter/scrape/target_setup.h"
#include "rules/rule_set.h"
#include "tsdb/snapshot_recorder.h"
#include "tsdb/store/store.h"
#include "web/api_v1/rules/rules.h"

namespace hakem::cli {
namespace {

using config::Config;
using rules::ActiveAlert;

constexpr Duration kAnswerWithin = std::chrono::seconds(5);

struct AlertsOptions {
  std::string config_path;
  LogOptions log;
  std::string server;
  OutputOptions output;
};

void AddOptions(CLI::App& command, AlertsOptions& options) {
  AddServer(command, options.server, "the running Hakem to ask");
  AddConfigFile(command, options.config_path);
  AddOutput(command, options.output, {"text", "json"}, OldOutput::kFileOrFormat);
  AddLogging(command, options.log);
}

/// Alerts and the answer of `/api/v1/alerts` that has them.
struct FoundAlerts {
  std::vector<ActiveAlert> alerts;
  std::string json;
  int status = kFine;  ///< kWrong if the collection that they are based on is incomplete.
};

/// The configured rules without their `for`, because one evaluation cannot wait.
Result<std::vector<rules::RuleGroup>> LoadImmediateRules(const Config& config) {
  auto groups = config::LoadRuleFiles(config);
  if (groups) {
    for (rules::RuleGroup& group : *groups) {
      for (rules::Rule& rule : group.rules) {
        if (auto* const alert = std::get_if<rules::AlertRule>(&rule)) {
          alert->policy.hold = Duration(0);
        }
      }
    }
  }
  return groups;
}

/// Evaluates the rules once, over the snapshot alone.
std::shared_ptr<const rules::RulesStatus> EvaluateOnce(std::vector<rules::RuleGroup> groups,
                                                       const Snapshot& snapshot,
                                                       const Labels& target_labels,
                                                       const rules::RuleSetOptions& options,
                                                       const Log& log) {
  tsdb::Store history;
  tsdb::SnapshotRecorder(history, target_labels).Record(snapshot);
  exporter::RegistryInstruments instruments;
  rules::RuleSet rules(std::move(groups), options,
                       {.sink = [](std::span<const Alert>) {},
                        .clock = SystemClock(),
                        .instruments = instruments,
                        .log = log.For("rules"),
                        .history = &history});
  rules.EvaluateAll(history, snapshot.time);
  return rules.Status();
}

std::vector<ActiveAlert> AlertsOf(const rules::RulesStatus& status) {
  std::vector<ActiveAlert> alerts;
  for (const auto& group : status.groups) {
    for (const rules::RuleStatus& rule : group->rules) {
      alerts.insert(alerts.end(), rule.alerts.begin(), rule.alerts.end());
    }
  }
  return alerts;
}

/// Collects once and evaluates every rule over the result. Prints what the collection lacks.
Result<FoundAlerts> CollectAndEvaluate(const AlertsOptions& options) {
  const auto config = config::LoadConfig(options.config_path, config::ProcessEnvironment());
  if (!config) {
    return Fail(config.error());
  }
  auto groups = LoadImmediateRules(*config);
  if (!groups) {
    return Fail(groups.error());
  }
  const auto address = web::ParseListenAddress(config->listen);
  if (!address) {
    return Fail(address.error());
  }
  auto external_url = exporter::ExternalUrl(*config, *address);
  if (!external_url) {
    return Fail(external_url.error());
  }
  const Log log = options.log.MakeLog(LogLevel::kError);
  const auto collected = exporter::CollectNow(*config, log);
  if (!collected) {
    return Fail(collected.error());
  }
  const int status = ReportProblems(*collected);
  const auto rules_status = EvaluateOnce(
      *std::move(groups), *collected->snapshot, exporter::TargetLabels(*config, *address),
      {.collection_interval = config->collect.fast, .external_url = *std::move(external_url)}, log);
  return FoundAlerts{.alerts = AlertsOf(*rules_status),
                     .json = *web::AlertsResponse(rules_status.get()).body,
                     .status = status};
}

/// The server's alerts. If it cannot be reached, collects and evaluates here.
Result<FoundAlerts> FindAlerts(const AlertsOptions& options) {
  const auto answer = exporter::Fetch(options.server + "/api/v1/alerts", kAnswerWithin);
  if (answer) {
    return ReadAlerts(*answer).transform([&](std::vector<ActiveAlert> alerts) {
      return FoundAlerts{.alerts = std::move(alerts), .json = *answer};
    });
  }
  auto found = CollectAndEvaluate(options);
  if (found) {
    PrintError(fmt::format("no server: `for` not applied ({})\n", answer.error().message));
  } else if (found.error().code != ErrorCode::kInvalidInput) {
    return Fail(found.error().code,
                fmt::format("{}; no server: {}", found.error().message, answer.error().message));
  }
  return found;
}

int Run(const AlertsOptions& options) {
  if (const Result<void> writable = CheckOutput(options.output); !writable) {
    return Report(writable.error());
  }
  const Result<FoundAlerts> found = FindAlerts(options);
  if (!found) {
    return Report(found.error());
  }
  const Result<void> written = WriteResult(
      options.output, options.output.format == "json" ? found->json : FormatAlerts(found->alerts));
  if (!written) {
    return Report(written.error());
  }
  const bool any_fires = std::any_of(
      found->alerts.begin(), found->alerts.end(),
      [](const ActiveAlert& alert) { return alert.state == rules::AlertState::kFiring; });
  return any_fires ? kWrong : found->status;
}

}  // namespace

extern const CommandSpec alerts;
constinit const CommandSpec alerts{
    .name = "alerts",
    .help = "Show the alerts of a running Hakem, or those that one collection gives rise to",
    .group = CommandGroup::kAsk,
    .bind = Bind<AlertsOptions, AddOptions, Run>};

}  // namespace hakem::cli

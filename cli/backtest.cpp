#include "ruletools/backtest/backtest.h"

#include <fmt/format.h>

#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/line/command.h"
#include "cli/line/options.h"
#include "cli/line/shared_options.h"
#include "cli/output/report.h"
#include "cli/output/result.h"
#include "config/import_file.h"
#include "model/clock.h"
#include "model/read_file.h"
#include "rules/files/rule_file.h"
#include "state/history_store.h"
#include "state/migrations.h"
#include "state/state.h"
#include "tsdb/persistence/load_history.h"
#include "web/api_v1/request/parameters.h"

namespace hakem::cli {
namespace {

/// How often Hakem collects by default, and Prometheus evaluates.
constexpr Duration kHistoryInterval = std::chrono::seconds(5);
constexpr Duration kFileInterval = std::chrono::minutes(1);

struct BacktestOptions {
  std::vector<std::string> files;
  std::string from;
  std::string to;
  std::optional<Duration> interval;
  std::string data_file;  ///< OpenMetrics to evaluate over instead of the history; empty: none.
  std::string state_directory{state::kDefaultDirectory};
  promql::Features features;
  OutputOptions output;
};

void AddOptions(CLI::App& command, BacktestOptions& options) {
  AddArguments(command, "RULES", options.files, "rule files, which are evaluated together");
  AddText(command, "--from", options.from,
          "the first evaluation: RFC 3339 or seconds since 1970 (default: the oldest sample)",
          "TIME");
  AddText(command, "--to", options.to, "the last evaluation (default: the newest sample)", "TIME");
  AddText(command, "--data", options.data_file,
          "an OpenMetrics file with timestamps, instead of Hakem's history", "FILE");
  AddText(command, "--state.directory", options.state_directory,
          fmt::format("where the history is kept (default {})", state::kDefaultDirectory), "DIR");
  AddDuration(command, "--interval",
              "between evaluations of groups without an interval (default: 5s; with --data, 1m)",
              [&options](Duration interval) { options.interval = interval; });
  AddOutput(command, options.output, {"text", "json"}, OldOutput::kFile);
  AddFeatures(command, "experimental PromQL features, as for hakem serve", options.features);
}

/// Reads the history that a Hakem, perhaps a running one, has saved.
Result<void> LoadKeptHistory(const std::string& directory, tsdb::Store& store) {
  const Log log(LogLevel::kError, LogFormat::kLogfmt);
  auto database = state::Database::Open({.path = directory + "/history.db",
                                         .durability = state::Durability::kNormal,
                                         .migrations = state::kHistoryMigrations,
                                         .read_only = true},
                                        {.clock = SystemClock(), .log = log.For("state")});
  if (!database) {
    return Fail(database.error());
  }
  state::HistoryStore disk(**database);
  tsdb::LoadHistory(disk, store, log.For("tsdb"));
  return {};
}

Result<void> LoadData(const BacktestOptions& options, tsdb::Store& store) {
  if (options.data_file.empty()) {
    return LoadKeptHistory(options.state_directory, store);
  }
  return config::ImportFile(options.data_file, store).transform([](const auto&) {});
}

Result<std::vector<rules::RuleGroup>> LoadRules(const BacktestOptions& options) {
  std::vector<rules::RuleGroup> all;
  for (const std::string& path : options.files) {
    auto groups = ReadFile(path).and_then([&](const std::string& text) {
      return rules::ParseRuleFile(text, path, options.features);
    });
    if (!groups) {
      return groups;
    }
    std::move(groups->begin(), groups->end(), std::back_inserter(all));
  }
  return all;
}

/// The time that an option names, or `otherwise`. Errors: kInvalidInput; kNotFound: neither.
Result<Timestamp> TimeOf(std::string_view option, const std::string& text,
                         const std::optional<Timestamp>& otherwise) {
  if (text.empty()) {
    return otherwise ? Result<Timestamp>(*otherwise)
                     : Fail(ErrorCode::kNotFound, "there is no data to evaluate over");
  }
  const Result<Timestamp> time = web::ParseApiTime(text);
  return time ? time
              : Fail(ErrorCode::kInvalidInput, fmt::format("{}: {}", option, time.error().message));
}

Result<ruletools::BacktestResult> Backtest(const BacktestOptions& options) {
  auto groups = LoadRules(options);
  if (!groups) {
    return Fail(groups.error());
  }
  tsdb::Store data(config::KeepEverything());
  if (const Result<void> loaded = LoadData(options, data); !loaded) {
    return Fail(loaded.error());
  }
  const tsdb::StoreStats stats = data.Stats();
  const Result<Timestamp> from = TimeOf("--from", options.from, stats.min_time);
  if (!from) {
    return Fail(from.error());
  }
  const Result<Timestamp> to = TimeOf("--to", options.to, stats.max_time);
  if (!to) {
    return Fail(to.error());
  }
  const Duration interval =
      options.interval.value_or(options.data_file.empty() ? kHistoryInterval : kFileInterval);
  if (interval <= Duration(0)) {
    return Fail(ErrorCode::kInvalidInput, "--interval: it must be more than 0");
  }
  return ruletools::Backtest(*std::move(groups), data,
                             {.from = *from, .to = *to, .interval = interval, .external_url = ""});
}

int Run(const BacktestOptions& options) {
  if (const Result<void> writable = CheckOutput(options.output); !writable) {
    return Report(writable.error());
  }
  const Result<ruletools::BacktestResult> result = Backtest(options);
  if (!result) {
    return Report(result.error());
  }
  const Result<void> written = WriteResult(
      options.output, options.output.format == "json" ? ruletools::BacktestJson(*result)
                                                      : ruletools::FormatBacktest(*result));
  return written ? kFine : Report(written.error());
}

}  // namespace

extern const CommandSpec backtest;
constinit const CommandSpec backtest{
    .name = "backtest",
    .help = "Evaluate rules over the past: which alerts would have fired, when and for how long",
    .group = CommandGroup::kPrepare,
    .bind = Bind<BacktestOptions, AddOptions, Run>};

}  // namespace hakem::cli

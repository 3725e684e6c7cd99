#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "cli/line/common_options.h"
#include "cli/output/report.h"
#include "config/config.h"
#include "config/peer_flags.h"
#include "demo/demo.h"
#include "model/result.h"
#include "model/secret.h"
#include "promql/syntax/features.h"
#include "simulator/database/history.h"
#include "simulator/simulation.h"

namespace hakem::exporter {

struct ServeOptions {
  std::vector<std::string> listen_addresses;  ///< Instead of the configuration's, when not empty.
  /// What flags of postgres_exporter say, in their order; over the configuration.
  std::vector<std::pair<const PeerFlag*, std::string>> peer_flags;
  std::map<std::string, bool> collectors;  ///< `--collector.NAME`: what is on or off.
  std::string state_directory;             ///< Instead of the configuration's, when not empty.
  std::string web_config_file;             ///< The same.
  promql::Features features;               ///< Besides those of the configuration.
  std::string import_file;  ///< OpenMetrics with timestamps, put into the history at start.
};

/// The configuration as `serve` has it: the file's or the environment's, and over it what the
/// command line says. Errors: kInvalidInput.
Result<Config> LoadServeConfig(const CommonOptions& common, const ServeOptions& options);

struct CollectOptions {
  std::string format = "prometheus";  ///< Or `json`.
  std::string output;  ///< A file that is replaced as a whole; empty: standard output.
};

struct AlertsOptions {
  std::string server = "http://127.0.0.1:9187";
  std::string output = "text";  ///< Or `json`.
};

struct SetupOptions {
  Secret admin;      ///< libpq's connection string of who may create roles; empty: the target's.
  std::string role;  ///< Empty: the target's user, or `hakem`.
  std::string role_password_file;
  bool indexes = false;  ///< What PlanGames plans instead of the role.
  bool dry_run = false;
  bool yes = false;
};

struct ExplainOptions {
  std::string server = "http://127.0.0.1:9187";
  std::string output = "text";  ///< Or `json`.
};

struct ConfigOptions {
  bool show = false;
};

/// `hakem serve`: runs until SIGTERM or SIGINT.
int Serve(const CommonOptions& common, const ServeOptions& options);

/// `hakem collect`: one collection of everything, printed.
int Collect(const CommonOptions& common, const CollectOptions& options);

/// `hakem alerts`: what a running Hakem says, or else what one collection says.
int ShowAlerts(const CommonOptions& common, const AlertsOptions& options);

/// `hakem setup`: prepares the database, after asking; a second run has nothing to do.
int Setup(const CommonOptions& common, const SetupOptions& options);

/// `hakem explain collectors`: what each collector of a running Hakem does and why; with a
/// configuration file, or when none runs, what one collection says.
int ExplainCollectors(const CommonOptions& common, const ExplainOptions& options);

/// `hakem simulate`: plays until the duration is over, SIGTERM or SIGINT; prints what was played.
int Simulate(const CommonOptions& common, const simulator::SimulationOptions& options);

/// `hakem simulate --history`: writes a past; prints how much.
int LoadHistory(const CommonOptions& common, const simulator::HistoryOptions& options);

/// `hakem demo`: kFine when everything it promises was seen.
int Demo(const demo::DemoOptions& options);

/// `hakem config`: reads the configuration as `serve` would, rule files included, and shows it.
int CheckConfig(const CommonOptions& common, const ConfigOptions& options);

}  // namespace hakem::exporter

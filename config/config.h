#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "collectors/core/game_options.h"
#include "collectors/core/statement_options.h"
#include "config/limits/memory_limits.h"
#include "config/target/conninfo.h"
#include "config/target/database_filter.h"
#include "config/thresholds.h"
#include "model/result.h"
#include "model/secret.h"
#include "model/time.h"
#include "promql/syntax/features.h"
#include "tsdb/store/store.h"
#include "web/http/admission.h"
#include "yaml/expand.h"

namespace hakem::exporter {

/// One PostgreSQL server that is watched.
struct TargetConfig {
  std::string name;  ///< The label `server`; empty, so without it, when from the environment.
  Conninfo conninfo;
  std::string password_file;     ///< Read at each connect, so that a new password needs no restart.
  std::string password_command;  ///< Run at each connect, the same.
  DatabaseFilter databases;      ///< Those that are visited besides the home database.
  std::vector<collectors::GameOptions> games{collectors::GameOptions{}};
  Thresholds thresholds = DefaultThresholds();
};

struct CollectConfig {
  Duration fast = std::chrono::seconds(5);
  Duration slow = std::chrono::seconds(60);
  std::map<std::string, bool> enabled;    ///< By collector, where it is not the default.
  std::map<std::string, int> limits;      ///< By collector, where it is not the default.
  std::map<std::string, int> max_series;  ///< By collector, where it is not the default.
  collectors::StatementOptions statements;
  double budget = 0.005;  ///< Share of one core of database time; 0: no limit.
  /// The longest that a statement may take; each lane has a limit of its own besides.
  Duration timeout = std::chrono::minutes(1);
};

/// What /probe may ask besides the target: servers that are collected from on demand.
struct ProbeConfig {
  std::vector<std::string> hosts;  ///< `host:port`: the only ones that credentials are sent to.
  std::string modules_file;        ///< postgres_exporter.yml, with `auth_modules`; empty: none.
};

/// Who is told, from the environment; what is empty is not used.
struct ReceiverConfig {
  Secret slack_webhook;
  std::vector<std::string> email_to;
  std::string smtp_host;  ///< Empty: the machine's own mail system, and no other of smtp_*.
  std::int64_t smtp_port = 587;
  std::string smtp_user;
  Secret smtp_password;
  std::string smtp_from;
  std::string smtp_tls = "starttls";  ///< Or `implicit` (the default for port 465), or `none`.
};

/// Everything that can be set. One that exists is valid.
struct Config {
  TargetConfig target;
  CollectConfig collect;
  std::vector<std::string> rule_files;  ///< Empty: the shipped rules.
  ProbeConfig probe;
  std::string listen = ":9187";
  std::string web_config_file;  ///< TLS and users, as exporter-toolkit's web.yml; empty: neither.
  web::AdminPolicy admin = web::AdminPolicy::kLocal;  ///< Who else may change something.
  std::string telemetry_path = "/metrics";            ///< The metrics are there besides /metrics.
  std::string external_url;   ///< Where people reach this Hakem; empty: made of `listen`.
  std::string job = "hakem";  ///< The label `job` that rules see.
  std::string instance;       ///< The label `instance` that rules see; empty: made of `listen`.
  tsdb::StoreOptions history;
  bool history_is_sized = false;  ///< Whether somebody set its max_bytes.
  MemoryLimits memory = {};       ///< What is divided; nothing unless LoadConfig read it.
  std::string state_directory;    ///< Empty: the default one where it can be used, else memory.
  std::string cors;           ///< Origins whose pages may read the API, as a regular expression.
  promql::Features features;  ///< Of PromQL, experimental in Prometheus.
  ReceiverConfig receivers;   ///< Read by ReceiversFromEnvironment, for who sends.
  std::string import_file;    ///< OpenMetrics for the history; from the command line alone.
  bool collects = true;  ///< Whether there is a server to watch; not when only a file is served.
};

/// Reads hakem.yml, with thresholds' defaults from the environment; without receivers. Paths in it
/// are relative to the folder of `file`, as in Prometheus' configuration; those in a dsn are
/// libpq's. Errors: kInvalidInput: `file:line:column: …`, the first thing that is wrong; a PG*
/// variable that counts and is wrong.
Result<Config> ParseConfig(std::string_view text, std::string_view file,
                           const yaml::Environment& environment);

/// The configuration when there is no file; without receivers.
/// Errors: kInvalidInput, naming the variable.
Result<Config> ConfigFromEnvironment(const yaml::Environment& environment);

/// The file's configuration, or the environment's when `path` is empty; the history, unless its
/// size is set, made to fit the memory that this process may have. Its secrets are known from then
/// on: see AddKnownSecret. Errors: kInvalidInput, also when the file cannot be read.
Result<Config> LoadConfig(const std::string& path, const yaml::Environment& environment);

/// A YAML scalar that reads back as the same text.
std::string YamlText(std::string_view text);

/// The whole configuration as hakem.yml would say it, defaults included, secrets masked.
std::string FormatConfig(const Config& config);

/// The same behind a `global:` as Prometheus' configuration begins, from which clients of its API
/// take the interval of collections.
std::string FormatConfigForApi(const Config& config);

}  // namespace hakem::exporter

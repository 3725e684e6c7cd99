#pragma once

#include <map>
#include <string>
#include <vector>

#include "collectors/core/game_options.h"
#include "collectors/core/statement_options.h"
#include "config/keys/key.h"
#include "config/limits/memory_limits.h"
#include "config/setting_types.h"
#include "config/target/conninfo.h"
#include "config/target/database_filter.h"
#include "config/thresholds.h"
#include "model/secret.h"
#include "model/time.h"
#include "promql/syntax/features.h"
#include "rules/files/rule_settings.h"
#include "tsdb/store/store.h"
#include "web/http/admission.h"

// All settings, and the tables of the keys of hakem.yml that set them. A table is the only place
// that knows its keys: the file is read by it, `hakem config --show` prints the keys in its order,
// a reload compares the keys that need a restart, and a test compares it with
// docs/configuration.md.
//
// A new key takes three files: a member and a row of a table here, a row in
// tests/config/settings_test.cpp and a row in docs/configuration.md.

namespace hakem::collectors {
struct CollectorSpec;
}

namespace hakem::config {

/// One PostgreSQL server that is watched.
struct TargetConfig {
  std::string name;  ///< The label `server`. Empty if it comes from the environment: no label.
  Conninfo conninfo;
  std::string password_file;     ///< Read at each connect, so that a new password needs no restart.
  std::string password_command;  ///< Run at each connect, for the same reason.
  DatabaseFilter databases;      ///< Databases to visit besides the one of `conninfo`.
  std::vector<collectors::GameOptions> games{collectors::GameOptions{}};
  Thresholds thresholds = DefaultThresholds();
};

/// One entry of `targets[].games`. TargetConfig keeps the thresholds apart from the games.
struct GameConfig {
  collectors::GameOptions options = {};
  Thresholds::Values thresholds = {};
};

/// What is collected, and how often.
struct CollectConfig {
  Duration fast = std::chrono::seconds(5);   ///< The interval of the fast lane.
  Duration slow = std::chrono::seconds(60);  ///< The interval of the slow lane.
  std::map<std::string, bool> enabled;       ///< By collector, if it is set.
  std::map<std::string, int> limits;         ///< By collector, if it is set.
  std::map<std::string, int> max_series;     ///< By collector, if it is set.
  collectors::StatementOptions statements;
  double budget = 0.005;  ///< Share of one core of database time; 0 means no limit.
  /// The longest that a statement may take; each lane has a fixed limit too, and the lower counts.
  Duration timeout = std::chrono::minutes(1);
};

/// One entry of `collect.collectors`. CollectConfig keeps its values by collector.
struct CollectorConfig {
  const collectors::CollectorSpec* spec = nullptr;  ///< Never null.
  bool enabled = false;
  int max_series = 0;
  int limit = 0;                            ///< Counts only if the collector has a limit.
  collectors::StatementOptions statements;  ///< Counts only for `stat_statements`.
};

/// Servers besides the target that /probe may collect from on demand.
struct ProbeConfig {
  std::vector<std::string> hosts;  ///< `host:port`. Credentials are sent to no others.
  std::string modules_file;        ///< A postgres_exporter.yml with `auth_modules`; may be empty.
};

/// Who is notified of alerts, from the environment. What is empty is not used.
struct ReceiverConfig {
  Secret slack_webhook;
  std::vector<std::string> email_to;
  std::string smtp_host;  ///< Empty: the machine's own mail system; then no other smtp_* counts.
  std::int64_t smtp_port = 587;
  std::string smtp_user;
  Secret smtp_password;
  std::string smtp_from;
  std::string smtp_tls = "starttls";  ///< Or `implicit` (the default for port 465), or `none`.
};

/// The whole configuration. Every object that LoadConfig and its like return is valid.
struct Config {
  TargetConfig target;
  CollectConfig collect;
  std::vector<std::string> rule_files;  ///< Patterns of paths; empty: the shipped rules.
  rules::RuleSettings rules;            ///< For the rules of all files.
  ProbeConfig probe;
  std::string listen = ":9187";
  std::string web_config_file;  ///< TLS and users, as exporter-toolkit's web.yml; empty: neither.
  web::AdminPolicy admin = web::AdminPolicy::kLocal;  ///< Which clients may change something.
  std::string telemetry_path = "/metrics";  ///< A second path of the metrics, besides /metrics.
  std::string external_url;   ///< The address at which people reach Hakem; empty: from `listen`.
  std::string job = "hakem";  ///< The label `job` that rules see.
  std::string instance;       ///< The label `instance` that rules see; empty: from `listen`.
  tsdb::StoreOptions history;
  bool history_is_sized = false;  ///< Whether history.max_bytes was set, rather than a default.
  MemoryLimits memory = {};       ///< How memory is divided; only LoadConfig fills it in.
  std::string state_directory;    ///< Empty: the default one if it can be used, else memory.
  std::string cors;           ///< Origins whose pages may read the API, as a regular expression.
  promql::Features features;  ///< Experimental features of PromQL that may be used.
  ReceiverConfig receivers;   ///< Only commands that notify fill it: ReceiversFromEnvironment.
  std::string import_file;    ///< OpenMetrics for the history; set on the command line.
  bool collects = true;       ///< Whether a server is watched; not if only a file is served.
};

/// Returns what is wrong with a target's name.
std::string CheckTargetName(const TargetConfig& target);
/// Returns what is wrong if a target has both a password file and a password command.
std::string CheckOnePasswordSource(const TargetConfig& target);
/// Returns what is wrong if the slow lane's interval is shorter than the fast lane's.
std::string CheckLaneOrder(const Config& config);
bool HasLimit(const CollectorConfig& collector);
bool IsStatStatements(const CollectorConfig& collector);

/// The keys of the file, in the order in which `hakem config --show` prints them. The keys of one
/// section stand together.
inline constexpr Key<Config> kConfigKeys[] = {
    {.path = "targets", .access = kField<values::Targets>},
    {.path = "collect.lanes.fast",
     .access = kField<values::Interval, &Config::collect, &CollectConfig::fast>,
     .needs_restart = true,
     .restart_scope = "the interval of rules"},
    {.path = "collect.lanes.slow",
     .access = kField<values::Interval, &Config::collect, &CollectConfig::slow>,
     .check = CheckLaneOrder},
    {.path = "collect.collectors", .access = kField<values::Collectors, &Config::collect>},
    {.path = "collect.budget",
     .access = kField<values::CoreShare, &Config::collect, &CollectConfig::budget>},
    {.path = "collect.timeout",
     .access = kField<values::Timeout, &Config::collect, &CollectConfig::timeout>},
    {.path = "rules.files",
     .access = kField<values::Paths, &Config::rule_files>,
     .if_empty = "none: the shipped rules"},
    {.path = "rules.disable",
     .access = kField<values::Texts, &Config::rules, &rules::RuleSettings::disabled>},
    {.path = "rules.evaluation",
     .access = kField<values::Evaluation, &Config::rules, &rules::RuleSettings::evaluation>},
    {.path = "rules.interval",
     .access = kField<values::IntervalIfSet, &Config::rules, &rules::RuleSettings::interval>,
     .if_empty = "none: that of the fast lane; with aligned, 1m"},
    {.path = "rules.query_offset",
     .access = kField<values::TimeSpan, &Config::rules, &rules::RuleSettings::query_offset>},
    {.path = "rules.external_labels",
     .access = kField<values::LabelMap, &Config::rules, &rules::RuleSettings::external_labels>},
    {.path = "rules.runbook_url",
     .access = kField<values::ExternalUrl, &Config::rules, &rules::RuleSettings::runbook_url>,
     .if_empty = "none: the page /runbook"},
    {.path = "history.retention",
     .access = kField<values::Retention, &Config::history, &tsdb::StoreOptions::retention>,
     .needs_restart = true},
    {.path = "history.max_bytes", .access = kField<values::HistorySize>, .needs_restart = true},
    {.path = "state.directory",
     .access = kField<values::Path, &Config::state_directory>,
     .needs_restart = true,
     .if_empty = "none: /var/lib/hakem, else memory"},
    {.path = "labels.job", .access = kField<values::Text, &Config::job>, .needs_restart = true},
    {.path = "labels.instance",
     .access = kField<values::Text, &Config::instance>,
     .needs_restart = true},
    {.path = "probe.hosts", .access = kField<values::Texts, &Config::probe, &ProbeConfig::hosts>},
    {.path = "probe.modules_file",
     .access = kField<values::Path, &Config::probe, &ProbeConfig::modules_file>},
    {.path = "promql.features",
     .access = kField<values::FeatureNames, &Config::features>,
     .needs_restart = true,
     .restart_scope = "the HTTP API"},
    {.path = "web.listen", .access = kField<values::Text, &Config::listen>, .needs_restart = true},
    {.path = "web.telemetry_path",
     .access = kField<values::UrlPath, &Config::telemetry_path>,
     .needs_restart = true},
    {.path = "web.external_url",
     .access = kField<values::ExternalUrl, &Config::external_url>,
     .needs_restart = true},
    {.path = "web.cors", .access = kField<values::Pattern, &Config::cors>, .needs_restart = true},
    {.path = "web.config_file",
     .access = kField<values::Path, &Config::web_config_file>,
     .needs_restart = true},
    {.path = "web.admin",
     .access = kField<values::AdminAccess, &Config::admin>,
     .needs_restart = true},
};

/// The keys of an entry of `targets`.
inline constexpr Key<TargetConfig> kTargetKeys[] = {
    {.path = "name", .access = kField<values::Text, &TargetConfig::name>, .check = CheckTargetName},
    {.path = "dsn", .access = kField<values::Dsn, &TargetConfig::conninfo>},
    {.path = "password", .access = kField<values::Password, &TargetConfig::conninfo>},
    {.path = "password_file", .access = kField<values::PathIfSet, &TargetConfig::password_file>},
    {.path = "password_command",
     .access = kField<values::Command, &TargetConfig::password_command>,
     .check = CheckOnePasswordSource},
    {.path = "databases.include",
     .access = kField<values::Texts, &TargetConfig::databases, &DatabaseFilter::include>},
    {.path = "databases.exclude",
     .access = kField<values::Texts, &TargetConfig::databases, &DatabaseFilter::exclude>},
    {.path = "thresholds",
     .access = kField<values::ThresholdValues<ThresholdScope::kServer>, &TargetConfig::thresholds,
                      &Thresholds::values>},
    {.path = "games", .access = kField<values::Games>},
};

/// The keys of an entry of `targets[].games`.
inline constexpr Key<GameConfig> kGameKeys[] = {
    {.path = "name",
     .access = kField<values::Text, &GameConfig::options, &collectors::GameOptions::name>},
    {.path = "schema",
     .access = kField<values::Text, &GameConfig::options, &collectors::GameOptions::schema>},
    {.path = "online_window",
     .access =
         kField<values::TimeSpan, &GameConfig::options, &collectors::GameOptions::online_window>},
    {.path = "holdback_cap",
     .access =
         kField<values::TimeSpan, &GameConfig::options, &collectors::GameOptions::holdback_cap>},
    {.path = "allow_views",
     .access =
         kField<values::Boolean, &GameConfig::options, &collectors::GameOptions::allow_views>},
    {.path = "histograms.duration",
     .access =
         kField<values::HistogramBounds, &GameConfig::options, &collectors::GameOptions::bounds,
                &collectors::GameHistogramBounds::duration>},
    {.path = "histograms.matchmaking_wait",
     .access =
         kField<values::HistogramBounds, &GameConfig::options, &collectors::GameOptions::bounds,
                &collectors::GameHistogramBounds::matchmaking_wait>},
    {.path = "histograms.move_response",
     .access =
         kField<values::HistogramBounds, &GameConfig::options, &collectors::GameOptions::bounds,
                &collectors::GameHistogramBounds::move_response>},
    {.path = "tables", .access = kField<values::GameTables, &GameConfig::options>},
    {.path = "thresholds",
     .access = kField<values::ThresholdValues<ThresholdScope::kGame>, &GameConfig::thresholds>},
};

/// The keys of an entry of `collect.collectors`.
inline constexpr Key<CollectorConfig> kCollectorKeys[] = {
    {.path = "enabled", .access = kField<values::Boolean, &CollectorConfig::enabled>},
    {.path = "max_series", .access = kField<values::Count, &CollectorConfig::max_series>},
    {.path = "limit",
     .access = kField<values::Count, &CollectorConfig::limit>,
     .applies = HasLimit},
    {.path = "limit",
     .access =
         kField<values::Count, &CollectorConfig::statements, &collectors::StatementOptions::limit>,
     .applies = IsStatStatements},
    {.path = "include_query",
     .access = kField<values::Boolean, &CollectorConfig::statements,
                      &collectors::StatementOptions::include_query>,
     .applies = IsStatStatements},
    {.path = "query_length",
     .access = kField<values::Count, &CollectorConfig::statements,
                      &collectors::StatementOptions::query_length>,
     .applies = IsStatStatements},
    {.path = "exclude_databases",
     .access = kField<values::Texts, &CollectorConfig::statements,
                      &collectors::StatementOptions::exclude_databases>,
     .applies = IsStatStatements},
    {.path = "exclude_users",
     .access = kField<values::Texts, &CollectorConfig::statements,
                      &collectors::StatementOptions::exclude_users>,
     .applies = IsStatStatements},
};

/// The sections that are printed on one line, by their paths in the table of their keys.
inline constexpr std::string_view kOneLineSections[] = {
    "databases", "collect.lanes", "history", "state", "labels", "probe", "promql"};

/// Returns the paths of all keys, sorted: `targets[].games[].name`,
/// `collect.collectors.NAME.limit`.
std::vector<std::string> ConfigKeyPaths();

}  // namespace hakem::config

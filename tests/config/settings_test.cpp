#include "config/settings.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cctype>

#include "config/config.h"
#include "config/restart_keys.h"
#include "tests/support/matchers.h"

namespace hakem::config {
namespace {

/// A key with a value that is not its default.
struct KeyExample {
  std::string_view path;
  std::string_view value;         ///< As it stands in the file.
  std::string_view shown;         ///< What FormatConfig prints then, and does not print by default.
  std::string_view restart = {};  ///< The text of NeedRestart when the value changes, if any.
};

/// Every key of the configuration.
constexpr KeyExample kExamples[] = {
    {"targets[].name", "chess", "- name: \"chess\""},
    {"targets[].dsn", "host=db", "dsn: \"host=db\""},
    {"targets[].password", "canary", "dsn: \"password=<secret>\""},
    {"targets[].password_file", "p", "password_file: \"etc/p\""},
    {"targets[].password_command", "vault read x", "password_command: \"vault <secret>\""},
    {"targets[].databases.include", "[a]", "databases: {include: [\"a\"], exclude: []}"},
    {"targets[].databases.exclude", "[a]", "databases: {include: [], exclude: [\"a\"]}"},
    {"targets[].games[].name", "chess", "- name: \"chess\""},
    {"targets[].games[].schema", "club", "schema: \"club\""},
    {"targets[].games[].online_window", "1m", "online_window: 1m"},
    {"targets[].games[].holdback_cap", "1m", "holdback_cap: 1m"},
    {"targets[].games[].allow_views", "true", "allow_views: true"},
    {"targets[].games[].histograms.duration", "[1, 2.5]", "duration: [1, 2.5]"},
    {"targets[].games[].histograms.matchmaking_wait", "[7]", "matchmaking_wait: [7]"},
    {"targets[].games[].histograms.move_response", "[7]", "move_response: [7]"},
    {"targets[].games[].tables", "{moves: {table: plies}}", "moves: {table: \"plies\""},
    {"targets[].games[].thresholds.max_active_games", "7", "max_active_games: 7\n"},
    {"targets[].games[].thresholds.max_concurrent_players", "7", "max_concurrent_players: 7\n"},
    {"targets[].games[].thresholds.max_game_duration_seconds", "7.5",
     "max_game_duration_seconds: 7.5\n"},
    {"targets[].games[].thresholds.min_moves_per_minute", "7", "min_moves_per_minute: 7\n"},
    {"targets[].games[].thresholds.max_moves_per_minute", "7", "max_moves_per_minute: 7\n"},
    {"targets[].games[].thresholds.max_matchmaking_wait_seconds", "7",
     "max_matchmaking_wait_seconds: 7\n"},
    {"targets[].games[].thresholds.max_abandoned_percent", "7", "max_abandoned_percent: 7\n"},
    {"targets[].games[].thresholds.min_finished_games", "7", "min_finished_games: 7\n"},
    {"targets[].games[].thresholds.max_disconnection_percent", "7",
     "max_disconnection_percent: 7\n"},
    {"targets[].games[].thresholds.min_disconnections", "7", "min_disconnections: 7\n"},
    {"targets[].games[].thresholds.max_move_response_seconds", "7",
     "max_move_response_seconds: 7\n"},
    {"targets[].games[].thresholds.min_created_games", "7", "min_created_games: 7\n"},
    {"targets[].games[].thresholds.max_players_without_games", "7",
     "max_players_without_games: 7\n"},
    {"targets[].games[].thresholds.min_average_duration_seconds", "7",
     "min_average_duration_seconds: 7\n"},
    {"targets[].games[].thresholds.max_average_duration_seconds", "7",
     "max_average_duration_seconds: 7\n"},
    {"targets[].thresholds.connection_warning_percent", "7", "connection_warning_percent: 7\n"},
    {"targets[].thresholds.connection_critical_percent", "7", "connection_critical_percent: 7\n"},
    {"targets[].thresholds.min_cache_hit_percent", "7", "min_cache_hit_percent: 7\n"},
    {"targets[].thresholds.min_blocks_read_per_second", "7", "min_blocks_read_per_second: 7\n"},
    {"targets[].thresholds.max_statement_seconds", "7", "max_statement_seconds: 7\n"},
    {"targets[].thresholds.max_lock_waits", "7", "max_lock_waits: 7\n"},
    {"targets[].thresholds.max_transaction_seconds", "7", "max_transaction_seconds: 7\n"},
    {"targets[].thresholds.max_idle_in_transaction_seconds", "7",
     "max_idle_in_transaction_seconds: 7\n"},
    {"targets[].thresholds.max_deadlocks", "7", "max_deadlocks: 7\n"},
    {"targets[].thresholds.max_rollback_percent", "7", "max_rollback_percent: 7\n"},
    {"targets[].thresholds.min_transactions_per_second", "7", "min_transactions_per_second: 7\n"},
    {"targets[].thresholds.max_dead_rows_percent", "7", "max_dead_rows_percent: 7\n"},
    {"targets[].thresholds.min_dead_rows", "7", "min_dead_rows: 7\n"},
    {"targets[].thresholds.max_bloat_percent", "7", "max_bloat_percent: 7\n"},
    {"targets[].thresholds.min_bloat_bytes", "7", "min_bloat_bytes: 7\n"},
    {"targets[].thresholds.transaction_id_age_warning", "7", "transaction_id_age_warning: 7\n"},
    {"targets[].thresholds.transaction_id_age_critical", "7", "transaction_id_age_critical: 7\n"},
    {"targets[].thresholds.disk_warning_percent", "7", "disk_warning_percent: 7\n"},
    {"targets[].thresholds.disk_critical_percent", "7", "disk_critical_percent: 7\n"},
    {"targets[].thresholds.max_wal_percent", "7", "max_wal_percent: 7\n"},
    {"targets[].thresholds.max_requested_checkpoints", "7", "max_requested_checkpoints: 7\n"},
    {"targets[].thresholds.max_sequence_percent", "7", "max_sequence_percent: 7\n"},
    {"targets[].thresholds.replication_lag_warning_seconds", "7",
     "replication_lag_warning_seconds: 7\n"},
    {"targets[].thresholds.replication_lag_critical_seconds", "7",
     "replication_lag_critical_seconds: 7\n"},
    {"targets[].thresholds.max_replication_lag_bytes", "7", "max_replication_lag_bytes: 7\n"},
    {"targets[].thresholds.max_slot_retained_bytes", "7", "max_slot_retained_bytes: 7\n"},
    {"targets[].thresholds.max_data_age_seconds", "7", "max_data_age_seconds: 7\n"},
    {"targets[].thresholds.max_failed_notifications", "7", "max_failed_notifications: 7\n"},
    {"collect.lanes.fast", "2s", "lanes: {fast: 2s,",
     "collect.lanes.fast, for the interval of rules"},
    {"collect.lanes.slow", "2m", "slow: 2m}"},
    {"collect.budget", "0.5", "budget: 0.5"},
    {"collect.timeout", "7s", "timeout: 7s"},
    {"collect.collectors.locks.enabled", "false", "locks: {enabled: false,"},
    {"collect.collectors.locks.max_series", "7", "locks: {enabled: true, max_series: 7}"},
    {"collect.collectors.stat_user_tables.limit", "7", "max_series: 200000, limit: 7}"},
    {"collect.collectors.stat_statements.limit", "7", "max_series: 20000, limit: 7,"},
    {"collect.collectors.stat_statements.include_query", "true", "include_query: true"},
    {"collect.collectors.stat_statements.query_length", "7", "query_length: 7"},
    {"collect.collectors.stat_statements.exclude_databases", "[a]", "exclude_databases: [\"a\"]"},
    {"collect.collectors.stat_statements.exclude_users", "[a]", "exclude_users: [\"a\"]"},
    {"rules.files", "[a.yml]", "rules:\n  files: [\"etc/a.yml\"]\n"},
    {"rules.disable", "[A]", "disable: [\"A\"]"},
    {"rules.evaluation", "aligned", "evaluation: aligned"},
    {"rules.interval", "7s", "interval: 7s"},
    {"rules.query_offset", "7s", "query_offset: 7s"},
    {"rules.external_labels", "{a: b, c-d: e}", "external_labels: {a: \"b\", \"c-d\": \"e\"}"},
    {"rules.runbook_url", "https://a/b/", "runbook_url: \"https://a/b\""},
    {"labels.job", "games", "labels: {job: \"games\",", "labels.job"},
    {"labels.instance", "here", "instance: \"here\"}\n", "labels.instance"},
    {"probe.hosts", "['db:1']", "probe: {hosts: [\"db:1\"],"},
    {"probe.modules_file", "m.yml", "modules_file: \"etc/m.yml\"}"},
    {"history.retention", "2h", "history: {retention: 2h,", "history.retention"},
    {"history.max_bytes", "7MiB", "max_bytes: 7MiB}", "history.max_bytes"},
    {"state.directory", "s", "state: {directory: \"etc/s\"}\n", "state.directory"},
    {"promql.features", "[promql-duration-expr]", "promql: {features: [\"promql-duration-expr\"]}",
     "promql.features, for the HTTP API"},
    {"web.listen", "':1'", "listen: \":1\"", "web.listen"},
    {"web.telemetry_path", "/m", "telemetry_path: \"/m\"", "web.telemetry_path"},
    {"web.cors", "a.*", "cors: \"a.*\"", "web.cors"},
    {"web.config_file", "w.yml", "config_file: \"etc/w.yml\"", "web.config_file"},
    {"web.admin", "open", "admin: open", "web.admin"},
    {"web.external_url", "http://a/b/", "external_url: \"http://a/b\"", "web.external_url"},
};

/// The path under which the documentation has the key: with NAME for the collector.
std::string DocumentedPath(std::string_view path) {
  constexpr std::string_view kCollectors = "collect.collectors.";
  if (!path.starts_with(kCollectors)) {
    return std::string(path);
  }
  return std::string(kCollectors) + "NAME" + std::string(path.substr(path.rfind('.')));
}

/// `a: {b: value}` for the path `a.b`, `a: [{b: value}]` for `a[].b`.
std::string Nested(std::string_view path, std::string_view value) {
  const std::size_t dot = path.find('.');
  std::string key(path.substr(0, dot));
  if (dot == path.npos) {
    return key + ": " + std::string(value);
  }
  const std::string inner = "{" + Nested(path.substr(dot + 1), value) + "}";
  return key.ends_with("[]") ? key.substr(0, key.size() - 2) + ": [" + inner + "]"
                             : key + ": " + inner;
}

/// A file that sets the key, and besides only what every file needs: the name of the target.
std::string FileWith(const KeyExample& example) {
  constexpr std::string_view kName = "name: hokm, ";
  std::string text = Nested(example.path, example.value) + "\n";
  if (!text.starts_with("targets: [{")) {
    return text + "targets: [{name: hokm}]\n";
  }
  if (example.path != "targets[].name") {
    text.insert(text.find('{') + 1, kName);
  }
  return text;
}

Config ParseOrDie(const std::string& text) {
  const auto no_variables = [](const std::string&) { return std::nullopt; };
  const Result<Config> config = ParseConfig(text, "etc/hakem.yml", no_variables);
  EXPECT_THAT(config, IsOk()) << text;
  return config.value_or(Config());
}

class EveryKey : public testing::TestWithParam<KeyExample> {
 protected:
  const Config default_ = ParseOrDie("targets: [{name: hokm}]");
  const Config changed_ = ParseOrDie(FileWith(GetParam()));
};

TEST_P(EveryKey, IsReadAndShown) {
  EXPECT_THAT(FormatConfig(changed_), testing::HasSubstr(std::string(GetParam().shown)));
  EXPECT_THAT(FormatConfig(default_),
              testing::Not(testing::HasSubstr(std::string(GetParam().shown))));
}

TEST_P(EveryKey, IsNamedWhenItsChangeNeedsARestart) {
  std::vector<std::string> expected;
  if (!GetParam().restart.empty()) {
    expected.emplace_back(GetParam().restart);
  }
  EXPECT_EQ(NeedRestart(default_, changed_), expected);
  EXPECT_THAT(NeedRestart(changed_, changed_), testing::IsEmpty());
}

std::string TestName(const testing::TestParamInfo<KeyExample>& info) {
  std::string name(info.param.path);
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Settings, EveryKey, testing::ValuesIn(kExamples), TestName);

TEST(ConfigKeys, HaveAnExampleEach) {
  std::vector<std::string> paths;
  for (const KeyExample& example : kExamples) {
    paths.push_back(DocumentedPath(example.path));
  }
  std::sort(paths.begin(), paths.end());
  paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
  EXPECT_EQ(ConfigKeyPaths(), paths);
}

TEST(NeedRestart, NamesReceiversAsAWhole) {
  Config changed;
  changed.receivers.smtp_host = "mail";
  EXPECT_EQ(NeedRestart(Config(), changed), (std::vector<std::string>{"receivers"}));
}

}  // namespace
}  // namespace hakem::config

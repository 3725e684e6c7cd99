#include "config/config.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "config/environment.h"
#include "tests/support/matchers.h"

namespace hakem::config {
namespace {

using Variables = std::map<std::string, std::string>;

yaml::Environment From(Variables variables) {
  return [variables = std::move(variables)](const std::string& name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
}

Result<Config> Parse(std::string_view text, Variables variables = {}) {
  return ParseConfig(text, "hakem.yml", From(std::move(variables)));
}

constexpr std::string_view kTarget = "targets: [{name: hokm, dsn: host=db}]\n";

TEST(Config, ReadsThePatternOfCorsOrigins) {
  const auto config = Parse(std::string(kTarget) + "web: {cors: 'https://.*\\.example\\.com'}\n");
  ASSERT_THAT(config, IsOk());
  EXPECT_EQ(config->cors, "https://.*\\.example\\.com");
  EXPECT_EQ(Parse(kTarget)->cors, "");
  EXPECT_THAT(Parse(std::string(kTarget) + "web: {cors: '['}\n"),
              HasMessage("hakem.yml:2:13: cors: error parsing regexp: missing closing ]: `[`"));
}

TEST(Config, ChecksTheSettingsOfRules) {
  const auto wrong = [](std::string_view rules) {
    return Parse(std::string(kTarget) + "rules: {" + std::string(rules) + "}\n");
  };
  EXPECT_THAT(
      wrong("evaluation: often"),
      HasMessage("hakem.yml:2:21: evaluation: \"often\" is neither on_collect nor aligned"));
  EXPECT_THAT(wrong("interval: 500ms"),
              HasMessage("hakem.yml:2:19: interval: an interval is 1s at least"));
  EXPECT_EQ(wrong("interval: 0s")->rules.interval, Duration(0)) << "the default";
  EXPECT_THAT(wrong("external_labels: {__name__: x}"),
              HasMessage("hakem.yml:2:27: external_labels: \"__name__\" cannot be the name of a "
                         "label"));
}

TEST(Config, ExpandsVariablesInExternalLabels) {
  const auto config = Parse(std::string(kTarget) + "rules: {external_labels: {site: '${SITE}'}}\n",
                            {{"SITE", "s1"}});
  ASSERT_THAT(config, IsOk());
  EXPECT_EQ(config->rules.external_labels, (Labels{{"site", "s1"}}));
}

TEST(Environment, ReportsWhetherAnyVariableNamesADatabase) {
  EXPECT_FALSE(NamesDatabase(From({})));
  EXPECT_FALSE(NamesDatabase(From({{"DB_HOST", ""}, {"PGUSER", "hakem"}})));
  EXPECT_TRUE(NamesDatabase(From({{"DB_USER", "hakem"}})));
  EXPECT_TRUE(NamesDatabase(From({{"PGHOST", "db"}})));
  EXPECT_TRUE(NamesDatabase(From({{"DATA_SOURCE_NAME_FILE", "/run/dsn"}})));
}

TEST(Config, ReadsAFile) {
  const Result<Config> config = Parse(R"(
targets:
  - name: hokm
    dsn: host=127.0.0.1 dbname=hokm_game user=hakem
    password: ${PASSWORD}
    games:
      - name: hokm
        schema: hokm_game
        thresholds: {max_active_games: 250, max_game_duration_seconds: 3600}
collect:
  lanes: {fast: 2s, slow: 30s}
  collectors: {locks: {enabled: false}}
rules: {files: [a.yml, b.yml]}
web: {listen: "127.0.0.1:9999"}
)",
                                      {{"PASSWORD", "p w'd"}});
  ASSERT_THAT(config, IsOk());
  EXPECT_EQ(config->target.name, "hokm");
  EXPECT_EQ(config->target.conninfo.Get("host"), "127.0.0.1");
  EXPECT_EQ(config->target.conninfo.ToDsn().Reveal(),
            R"(dbname='hokm_game' host='127.0.0.1' user='hakem' password='p w\'d')");
  EXPECT_EQ(config->collect.fast, std::chrono::seconds(2));
  EXPECT_EQ(config->collect.enabled.at("locks"), false);
  EXPECT_EQ(config->rule_files, (std::vector<std::string>{"a.yml", "b.yml"}));
  EXPECT_EQ(config->listen, "127.0.0.1:9999");
  EXPECT_EQ(Threshold(config->target.thresholds, "max_active_games"), 250);
  EXPECT_EQ(config->target.games.front().max_game_duration, std::chrono::hours(1));
}

TEST(Config, KeepsThresholdsForEachOfSeveralGames) {
  const Result<Config> config = Parse(R"(
targets:
  - name: a
    games:
      - {name: hokm, thresholds: {max_active_games: 250}}
      - {name: chess, schema: club, thresholds: {max_game_duration_seconds: 3600}}
)",
                                      {});
  ASSERT_THAT(config, IsOk());
  const Thresholds& thresholds = config->target.thresholds;
  EXPECT_EQ(Threshold(thresholds, "max_active_games", "hokm"), 250);
  EXPECT_EQ(Threshold(thresholds, "max_active_games", "chess"), 200);
  EXPECT_EQ(config->target.games[0].max_game_duration, std::chrono::hours(2));
  EXPECT_EQ(config->target.games[1].max_game_duration, std::chrono::hours(1));
  const MetricFamily family = ThresholdFamily(thresholds, Labels{{"server", "a"}});
  const auto of_games = static_cast<std::size_t>(
      std::count_if(kThresholds.begin(), kThresholds.end(),
                    [](const ThresholdSpec& spec) { return spec.scope == ThresholdScope::kGame; }));
  ASSERT_EQ(family.samples.size(), kThresholds.size() + of_games);
  EXPECT_EQ(FormatSeries(family.samples.front().series->labels),
            R"(hakem_threshold{game="chess", name="max_active_games", server="a"})");
  EXPECT_EQ(FormatSeries(family.samples[family.samples.size() - 1].series->labels),
            R"(hakem_threshold{name="max_failed_notifications", server="a"})");
}

TEST(Config, KeepsThresholdsOfTheServerBesideThoseOfItsGames) {
  const Result<Config> config = Parse(R"(
targets:
  - name: a
    thresholds: {connection_warning_percent: 70, max_wal_percent: 300}
    games:
      - {name: hokm, thresholds: {max_active_games: 250}}
)",
                                      {{"CONNECTION_CRITICAL_THRESHOLD", "90"}});
  ASSERT_THAT(config, IsOk());
  const Thresholds& thresholds = config->target.thresholds;
  EXPECT_EQ(Threshold(thresholds, "connection_warning_percent"), 70);
  EXPECT_EQ(Threshold(thresholds, "connection_critical_percent"), 90);
  EXPECT_EQ(Threshold(thresholds, "max_wal_percent"), 300);
  EXPECT_EQ(Threshold(thresholds, "max_active_games"), 250);
  EXPECT_THAT(Parse("targets: [{name: a, thresholds: {max_active_games: 1}}]"),
              HasMessage(testing::HasSubstr("max_active_games")));
}

TEST(Config, ReadsTheNamesOfAnotherGamesTablesAndColumns) {
  const Result<Config> config = Parse(R"(
targets:
  - name: chess
    games:
      - name: chess
        schema: club
        histograms: {duration: [60, 600.5]}
        tables:
          sessions: {table: matches, status: state, live: [open, running], playing: [running]}
          moves: {table: plies, timestamp: played_at}
)");
  ASSERT_THAT(config, IsOk());
  const collectors::GameOptions& game = config->target.games.front();
  EXPECT_EQ(game.names.TableName("game_sessions"), "matches");
  EXPECT_EQ(game.names.ColumnName("game_sessions", "status"), "state");
  EXPECT_EQ(game.names.ColumnName("game_sessions", "created_at"), "created_at");
  EXPECT_EQ(game.names.ColumnName("game_moves", "timestamp"), "played_at");
  EXPECT_EQ(game.names.TableName("game_history"), "game_history");
  EXPECT_EQ(game.statuses.live, (std::vector<std::string>{"open", "running"}));
  EXPECT_EQ(game.statuses.playing, (std::vector<std::string>{"running"}));
  EXPECT_EQ(game.bounds.duration, (std::vector<double>{60, 600.5}));
}

struct BadFile {
  std::string_view text;
  std::string_view message;
};

class ConfigRefuses : public testing::TestWithParam<BadFile> {};

TEST_P(ConfigRefuses, InvalidFilesWithThePlaceAndTheCause) {
  EXPECT_THAT(Parse(GetParam().text), HasMessage(std::string(GetParam().message)));
}

INSTANTIATE_TEST_SUITE_P(
    Files, ConfigRefuses,
    testing::Values(
        BadFile{"target: []",
                "hakem.yml:1:1: expected one target, found 0: only one is supported for now"},
        BadFile{"targets: [{name: a}, {name: b}]",
                "hakem.yml:1:10: expected one target, found 2: only one is supported for now"},
        BadFile{"targets: [{dsn: host=db}]",
                "hakem.yml:1:11: a target needs a name: it becomes the label \"server\""},
        BadFile{"targets: [{name: a, dsn: hots=db}]",
                "hakem.yml:1:26: dsn: unknown keyword \"hots\", did you mean \"host\"?"},
        BadFile{"targets: [{name: a, games: [{thresholds: {max_active_games: -1}}]}]",
                "hakem.yml:1:61: max_active_games: a threshold is a number from 0 up"},
        BadFile{"targets: [{name: a, games: [{name: x}, {name: x}]}]",
                "hakem.yml:1:47: name: each game needs a name of its own, \"x\" is taken"},
        BadFile{"targets: [{name: a, games: [{tables: {session: {}}}]}]",
                "hakem.yml:1:39: unknown key \"session\", did you mean \"sessions\"?"},
        BadFile{"targets: [{name: a, games: [{tables: {moves: {time: x}}}]}]",
                "hakem.yml:1:47: unknown key \"time\""},
        BadFile{"targets: [{name: a, games: [{histograms: {duration: [5, 5]}}]}]",
                "hakem.yml:1:53: duration: bounds are ascending numbers of seconds; \"5\" is not"},
        BadFile{
            "targets: [{name: a, games: [{thresholds: {max_active_game: 1}}]}]",
            "hakem.yml:1:43: unknown key \"max_active_game\", did you mean \"max_active_games\"?"},
        BadFile{"targets: [{name: a}]\ncollect: {lanes: {fast: 10ms}}",
                "hakem.yml:2:25: fast: an interval is 1s at least"},
        BadFile{"targets: [{name: a}]\ncollect: {collectors: {lock: {}}}",
                "hakem.yml:2:24: unknown collector \"lock\", did you mean \"locks\"?"},
        BadFile{"targets: [{name: a}]\nhistory: {retention: 5m}",
                "hakem.yml:2:22: retention: the history is kept for 10m at least"},
        BadFile{"targets: [{name: a}]\nhistory: {max_bytes: 5K}",
                "hakem.yml:2:22: \"5K\" is not a size: write 256MiB, 1GB or a number of bytes"},
        BadFile{"targets: [{name: a}]\nhistory: {max_bytes: 5KB}",
                "hakem.yml:2:22: max_bytes: the history needs 1MiB at least"},
        BadFile{"targets: [{name: a}]\nwbe: {}",
                "hakem.yml:2:1: unknown key \"wbe\", did you mean \"web\"?"}));

TEST(Config, ReadsAndShowsTheLimitsOfTheHistory) {
  const Result<Config> config =
      Parse(std::string(kTarget) + "history: {retention: 2h, max_bytes: 64MiB}");
  ASSERT_THAT(config, IsOk());
  EXPECT_EQ(config->history.retention, std::chrono::hours(2));
  EXPECT_EQ(config->history.max_bytes, 64U << 20);
  EXPECT_THAT(FormatConfig(*config),
              testing::HasSubstr("\nhistory: {retention: 2h, max_bytes: 64MiB}\n"));
}

TEST(Config, PrefersTheStateDirectoryOfTheFileToThatOfSystemd) {
  const Variables systemd{{"STATE_DIRECTORY", "/var/lib/hakem:/var/lib/other"}};
  const Result<Config> without = Parse(kTarget, systemd);
  ASSERT_THAT(without, IsOk());
  EXPECT_EQ(without->state_directory, "/var/lib/hakem");
  const Result<Config> with =
      Parse(std::string(kTarget) + "state: {directory: /srv/hakem}", systemd);
  ASSERT_THAT(with, IsOk());
  EXPECT_EQ(with->state_directory, "/srv/hakem");
}

TEST(Config, ReadsAllPartsOfADsnFromTheEnvironment) {
  const Result<Config> config = ConfigFromEnvironment(
      From({{"DATA_SOURCE_NAME", "postgresql://hakem:p%40,ss@db:5433/hokm?sslmode=require"}}));
  ASSERT_THAT(config, IsOk());
  EXPECT_EQ(config->target.name, "");
  EXPECT_EQ(config->target.conninfo.Masked(),
            "dbname=hokm host=db port=5433 sslmode=require user=hakem password=<secret>");
  EXPECT_EQ(config->target.conninfo.ToDsn().Reveal(),
            "dbname='hokm' host='db' port='5433' sslmode='require' user='hakem' password='p@,ss'");
}

TEST(Config, AddsUserAndPasswordVariablesToTheUri) {
  const Result<Config> config =
      ConfigFromEnvironment(From({{"DATA_SOURCE_URI", "db:5432/hokm?sslmode=disable"},
                                  {"DATA_SOURCE_USER", "hakem"},
                                  {"DATA_SOURCE_PASS", "a b'c\\d"}}));
  ASSERT_THAT(config, IsOk());
  EXPECT_EQ(
      config->target.conninfo.ToDsn().Reveal(),
      R"(dbname='hokm' host='db' port='5432' sslmode='disable' user='hakem' password='a b\'c\\d')");
}

TEST(Config, ReadsDbVariables) {
  const Result<Config> config = ConfigFromEnvironment(From({{"DB_HOST", "db"},
                                                            {"DB_NAME", "hokm_game"},
                                                            {"DB_USER", "hakem"},
                                                            {"DB_PASSWORD", "x"},
                                                            {"MAX_GAME_DURATION_HOURS", "1.5"}}));
  ASSERT_THAT(config, IsOk());
  EXPECT_EQ(config->target.conninfo.Get("dbname"), "hokm_game");
  EXPECT_EQ(Threshold(config->target.thresholds, "max_game_duration_seconds"), 5400);
}

std::string Where(const std::map<std::string, std::string>& environment) {
  const Result<Config> config = ConfigFromEnvironment(From(environment));
  return config ? config->target.conninfo.Masked() : config.error().message;
}

TEST(Config, FillsInDefaultsIfAnyDbVariableIsSet) {
  EXPECT_EQ(Where({{"DB_HOST", "db"}}), "dbname=hokm_game host=db port=5432 user=hakem");
  EXPECT_EQ(Where({{"DB_NAME", "x"}}), "dbname=x host=localhost port=5432 user=hakem");
  EXPECT_EQ(Where({{"DB_PORT", "6432"}}), "dbname=hokm_game host=localhost port=6432 user=hakem");
  EXPECT_EQ(Where({{"DB_PASSWORD", "x"}}),
            "dbname=hokm_game host=localhost port=5432 user=hakem password=<secret>");
  EXPECT_EQ(Where({{"DB_HOST", ""}, {"MAX_ACTIVE_GAMES", "200"}}), "");
}

TEST(Config, PrefersLibpqsVariablesToTheDefaultsOfDbVariables) {
  EXPECT_EQ(Where({{"DB_NAME", "x"}, {"PGHOST", "/run"}, {"PGPORT", "1"}, {"PGUSER", "u"}}),
            "dbname=x");
  EXPECT_EQ(Where({{"DB_HOST", "db"}, {"PGHOST", "other"}, {"PGDATABASE", "y"}}),
            "host=db port=5432 user=hakem");
  EXPECT_EQ(Where({{"DB_PASSWORD", "x"}, {"PGSERVICE", "game"}}), "password=<secret>");
  EXPECT_EQ(Where({{"DB_HOST", "db"}, {"DATA_SOURCE_NAME", "host=a"}}), "host=a");
}

TEST(Config, ReadsTheReceivers) {
  const auto receivers = ReceiversFromEnvironment(
      From({{"ALERT_EMAIL", "a@x.ir, b@x.ir"}, {"SMTP_HOST", "mail.x.ir"}, {"SMTP_PORT", "465"}}));
  ASSERT_THAT(receivers, IsOk());
  EXPECT_EQ(receivers->email_to, (std::vector<std::string>{"a@x.ir", "b@x.ir"}));
  EXPECT_EQ(receivers->smtp_tls, "implicit");
  EXPECT_EQ(receivers->smtp_from, "hakem@mail.x.ir");
}

TEST(Config, UsesTheMachinesMailSystemWithoutAMailServer) {
  const auto receivers = ReceiversFromEnvironment(From({{"ALERT_EMAIL", "a@x.ir"}}));
  ASSERT_THAT(receivers, IsOk());
  EXPECT_EQ(receivers->smtp_host, "");
  EXPECT_EQ(receivers->smtp_from, "hakem@localhost");
}

TEST(Config, DoesNotReadTheReceiversVariables) {
  EXPECT_THAT(ConfigFromEnvironment(From({{"ALERT_WEBHOOK", "nonsense"},
                                          {"ALERT_EMAIL_FILE", "/nonexistent"},
                                          {"SMTP_PORT", "0"}})),
              IsOk());
}

TEST(Config, ReadsDatabasesCollectorsBudgetAndTimeout) {
  const Result<Config> config = Parse(R"(
targets: [{name: hokm, dsn: host=db, databases: {include: ["hokm_*"], exclude: [hokm_test]}}]
collect:
  collectors:
    stat_user_tables: {limit: 256}
    locks: {max_series: 300}
    stat_statements: {limit: 50, include_query: true, exclude_users: [backup]}
  budget: 0.01
  timeout: 10s
)");
  ASSERT_THAT(config, IsOk());
  EXPECT_EQ(config->target.databases,
            (DatabaseFilter{.include = {"hokm_*"}, .exclude = {"hokm_test"}}));
  EXPECT_EQ(config->collect.limits.at("stat_user_tables"), 256);
  EXPECT_EQ(config->collect.max_series.at("stat_user_tables"), 200'000);
  EXPECT_EQ(config->collect.max_series.at("locks"), 300);
  EXPECT_EQ(config->collect.statements.limit, 50);
  EXPECT_TRUE(config->collect.statements.include_query);
  EXPECT_EQ(config->collect.budget, 0.01);
  EXPECT_EQ(config->collect.timeout, std::chrono::seconds(10));
}

TEST(Config, RefusesSeveralDataSources) {
  const auto several = [](const std::string& name) {
    return ConfigFromEnvironment(From({{"DATA_SOURCE_NAME", name}}));
  };
  EXPECT_THAT(several("postgresql://a/x,postgresql://b/y"),
              HasMessage(testing::HasSubstr("2 data source names")));
  EXPECT_THAT(several("host=a user=u, host=b user=u"),
              HasMessage(testing::HasSubstr("run a Hakem for each")));
  EXPECT_THAT(several("postgresql://u:p,w@a:1,b:2/x"), IsOk());
  EXPECT_THAT(several("host=a password='x,y'"), IsOk());
}

TEST(Config, NamesTheInvalidVariable) {
  EXPECT_THAT(ConfigFromEnvironment(From({{"MAX_ACTIVE_GAMES", "many"}})),
              HasMessage("MAX_ACTIVE_GAMES: \"many\" is not a threshold: write a number from 0 up, "
                         "such as 200"));
  EXPECT_THAT(ReceiversFromEnvironment(From({{"SMTP_PORT", "0"}})),
              HasMessage("SMTP_PORT: \"0\" is not a port (1 to 65535)"));
  EXPECT_THAT(ConfigFromEnvironment(From({{"DB_PASSWORD_FILE", "/nonexistent"}})),
              HasMessage("DB_PASSWORD_FILE: cannot read /nonexistent: No such file or directory"));
  for (const std::string value :
       {"secret", "sec/ret", "https://example.com/secret", "/a\nsecret"}) {
    EXPECT_THAT(ConfigFromEnvironment(From({{"DB_PASSWORD_FILE", value}})),
                HasMessage("DB_PASSWORD_FILE: cannot read the file that it names: No such file or "
                           "directory"));
  }
  EXPECT_THAT(ConfigFromEnvironment(From({{"DB_PORT", "tcp://10.0.0.1:5432"}})),
              HasMessage(testing::StartsWith(
                  "DB_PORT: \"tcp://10.0.0.1:5432\" is not a port (1 to 65535) but an address, "
                  "which Kubernetes and Docker set for a service called \"db\"")));
  EXPECT_THAT(ReceiversFromEnvironment(From({{"SMTP_PORT", "tcp://10.0.0.1:25"}})),
              HasMessage(testing::HasSubstr("for a service called \"smtp\"")));
  EXPECT_THAT(ConfigFromEnvironment(From({{"PGPORT", "many"}})),
              HasMessage("PGPORT: \"many\" is not a port (1 to 65535)"));
  EXPECT_THAT(ConfigFromEnvironment(From({{"DB_HOST", "u:canary@db"}})),
              HasMessage(testing::AllOf(testing::StartsWith("DB_HOST: "),
                                        testing::Not(testing::HasSubstr("canary")))));
  EXPECT_THAT(
      ReceiversFromEnvironment(From({{"ALERT_EMAIL", "a@x.ir"}, {"SMTP_HOST", "u:canary@m"}})),
      HasMessage(testing::AllOf(testing::StartsWith("SMTP_HOST: "),
                                testing::Not(testing::HasSubstr("canary")))));
}

TEST(Config, ResolvesPathsRelativeToTheFolderOfTheFile) {
  const Result<Config> config = ParseConfig(R"(
targets: [{name: a, password_file: p}]
rules: {files: [r.yml, /etc/r.yml, "sub/*.yml", ../up.yml]}
probe: {modules_file: m.yml}
web: {config_file: w.yml}
state: {directory: s}
)",
                                            "conf/hakem.yml", From({}));
  ASSERT_THAT(config, IsOk());
  EXPECT_EQ(config->rule_files,
            (std::vector<std::string>{"conf/r.yml", "/etc/r.yml", "conf/sub/*.yml", "up.yml"}));
  EXPECT_EQ(config->target.password_file, "conf/p");
  EXPECT_EQ(config->probe.modules_file, "conf/m.yml");
  EXPECT_EQ(config->web_config_file, "conf/w.yml");
  EXPECT_EQ(config->state_directory, "conf/s");
  EXPECT_EQ(Parse(kTarget, {{"STATE_DIRECTORY", "relative"}})->state_directory, "relative");
}

TEST(Config, ShowsNoLineOfAVariableOfSeveralLinesInErrors) {
  EXPECT_THAT(Parse(std::string(kTarget) + "collect: {budget: \"${KEY}\"}\n",
                    {{"KEY", "canary-first\ncanary-second\n"}}),
              HasMessage("hakem.yml:2:19: \"${KEY}\" is not a number"));
}

TEST(Config, ShowsNamesOfVariablesInErrorsInsteadOfTheirValues) {
  const Variables variables{{"SECRET", "canary-value"}};
  EXPECT_THAT(Parse(std::string(kTarget) + "collect: {budget: \"${SECRET}\"}\n", variables),
              HasMessage("hakem.yml:2:19: \"${SECRET}\" is not a number"));
  EXPECT_THAT(Parse(std::string(kTarget) + "web: {admin: \"${SECRET}\"}\n", variables),
              HasMessage("hakem.yml:2:14: admin: \"${SECRET}\" is neither local nor open"));
  EXPECT_THAT(Parse("targets: [{name: a, password: \"${canary\"}]"),
              HasMessage(testing::Not(testing::HasSubstr("canary"))));
}

TEST(Config, NeverRepeatsAPasswordInAnError) {
  const Result<Config> config = ConfigFromEnvironment(
      From({{"DATA_SOURCE_NAME", "postgresql://hakem:canary@db:port:port/x"}}));
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().message.find("canary"), std::string::npos) << config.error().message;
  const auto receivers = ReceiversFromEnvironment(From({{"ALERT_WEBHOOK", "canary"}}));
  ASSERT_FALSE(receivers);
  EXPECT_EQ(receivers.error().message.find("canary"), std::string::npos);
}

TEST(Config, MasksSecretsWhenItIsShown) {
  Result<Config> config = Parse(kTarget);
  ASSERT_THAT(config, IsOk());
  config->receivers.slack_webhook = Secret("https://hooks.slack.com/canary");
  config->receivers.smtp_password = Secret("canary");
  config->target.conninfo.SetPassword(Secret("canary"));
  config->target.password_command = "vault read canary";
  config->external_url = "https://ops:canary@hakem.example.com/?token=canary";
  const std::string shown = FormatConfig(*config);
  EXPECT_EQ(shown.find("canary"), std::string::npos);
  EXPECT_NE(shown.find("dsn: \"host=db password=<secret>\""), std::string::npos) << shown;
  EXPECT_NE(shown.find("password_command: \"vault <secret>\""), std::string::npos) << shown;
  EXPECT_NE(shown.find("max_active_games: 200"), std::string::npos);
}

TEST(Config, ReadsTheFeaturesOfPromql) {
  const auto config = Parse(std::string(kTarget) + "promql: {features: [promql-duration-expr]}\n");
  ASSERT_THAT(config, IsOk());
  EXPECT_EQ(config->features, promql::Features().With(promql::Feature::kDurationExpressions));
  EXPECT_EQ(Parse(kTarget)->features, promql::Features());
  EXPECT_THAT(Parse(std::string(kTarget) + "promql: {features: [promql-fill]}\n"),
              HasMessage(testing::HasSubstr("features: unknown feature \"promql-fill\"")));
}

TEST(Config, ReadsBackWhatItShows) {
  const Result<Config> config =
      Parse(std::string(kTarget) + "promql: {features: [promql-duration-expr]}\n");
  ASSERT_THAT(config, IsOk());
  const std::string shown = FormatConfig(*config);
  const Result<Config> again = Parse(shown);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(FormatConfig(*again), shown);
}

}  // namespace
}  // namespace hakem::config

// Every way in which a secret can come in, against every place where it could come out. The places
// come from docs/commands.md and docs/http_api.md, so that new commands and endpoints are included.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/support/programs/process_list.h"
#include "tests/support/programs/secret_outlets.h"

namespace hakem {
namespace {

using testing::HasSubstr;

std::vector<Source> EnvironmentSources() {
  const std::string uri = "postgresql://hakem:{PASSWORD}@127.0.0.1:{PORT}/hokm_game";
  const std::string place = "127.0.0.1:{PORT}/hokm_game";
  return {
      {"Uri", {{"DATA_SOURCE_NAME", uri}}},
      {"UriWithParameters",
       {{"DATA_SOURCE_NAME",
         "postgres://" + place +
             "?user=hakem&password={PASSWORD}&sslpassword=xcanaryx-ssl&app.token=xcanaryx-token"}}},
      {"Keywords",
       {{"DATA_SOURCE_NAME",
         "host=127.0.0.1 port={PORT} dbname=hokm_game user=hakem password={PASSWORD} "
         "sslpassword=xcanaryx-ssl app.token=xcanaryx-token"}}},
      {"KeywordsWithTabs",
       {{"DATA_SOURCE_NAME",
         "host=127.0.0.1\tport={PORT}\tdbname=hokm_game\tpassword={PASSWORD}\tuser=hakem"}}},
      {"KeywordsOnLines",
       {{"DATA_SOURCE_NAME",
         "host=127.0.0.1\nport={PORT}\r\ndbname=hokm_game\npassword={PASSWORD}\nuser=hakem\n"}}},
      {"KeywordsWithOtherBlanks",
       {{"DATA_SOURCE_NAME",
         "host=127.0.0.1\fport={PORT}\vdbname=hokm_game  password = '{PASSWORD}'\fuser=hakem"}}},
      {"UriFile", {{"DATA_SOURCE_NAME_FILE", "{FOLDER}/dsn"}}, {{"dsn", uri + "\n"}}},
      {"KeywordsFile",
       {{"DATA_SOURCE_NAME_FILE", "{FOLDER}/dsn"}},
       {{"dsn",
         "host=127.0.0.1\nport={PORT}\ndbname=hokm_game\nuser=hakem\npassword={PASSWORD}\n"}}},
      {"Pass",
       {{"DATA_SOURCE_URI", place},
        {"DATA_SOURCE_USER", "hakem"},
        {"DATA_SOURCE_PASS", "{PASSWORD}"}}},
      {"PassFiles",
       {{"DATA_SOURCE_URI_FILE", "{FOLDER}/uri"},
        {"DATA_SOURCE_USER_FILE", "{FOLDER}/user"},
        {"DATA_SOURCE_PASS_FILE", "{FOLDER}/password"}},
       {{"uri", place + "\n"}, {"user", "hakem\n"}, {"password", "{PASSWORD}\n"}}},
      {"PassInAUriFile",
       {{"DATA_SOURCE_URI_FILE", "{FOLDER}/uri"}},
       {{"uri", "hakem:{PASSWORD}@" + place + "\n"}}},
      {"DbPassword",
       {{"DB_HOST", "127.0.0.1"}, {"DB_PORT", "{PORT}"}, {"DB_PASSWORD", "{PASSWORD}"}}},
      {"DbPasswordFile",
       {{"DB_HOST", "127.0.0.1"}, {"DB_PORT", "{PORT}"}, {"DB_PASSWORD_FILE", "{FOLDER}/password"}},
       {{"password", "{PASSWORD}\n"}}},
  };
}

std::vector<Source> LibpqSources() {
  const Environment place{{"PGHOST", "127.0.0.1"},
                          {"PGPORT", "{PORT}"},
                          {"PGUSER", "hakem"},
                          {"PGDATABASE", "hokm_game"}};
  const auto with = [&place](Environment more) {
    more.insert(place.begin(), place.end());
    return more;
  };
  const std::string passfile = "127.0.0.1:{PORT}:*:hakem:{PASSWORD}\n";
  const std::string services =
      "[mine]\nhost=127.0.0.1\nport={PORT}\ndbname=hokm_game\nuser=hakem\npassword={PASSWORD}\n"
      "sslpassword=xcanaryx-ssl\n";
  return {
      {"PgPassword", with({{"PGPASSWORD", "{PASSWORD}"}})},
      {"PgPassfile", with({{"PGPASSFILE", "{FOLDER}/passfile"}}), {{"passfile", passfile}}},
      {"HomePgpass", with({{"HOME", "{FOLDER}"}}), {{".pgpass", passfile}}},
      {"PgServicefile",
       {{"PGSERVICE", "mine"}, {"PGSERVICEFILE", "{FOLDER}/services"}},
       {{"services", services}}},
      {"HomePgService",
       {{"PGSERVICE", "mine"}, {"HOME", "{FOLDER}"}},
       {{".pg_service.conf", services}}},
      {"PgSysconfdir",
       {{"PGSERVICE", "mine"}, {"PGSYSCONFDIR", "{FOLDER}"}},
       {{"pg_service.conf", services}}},
      {"PgOptions",
       with({{"PGPASSWORD", "{PASSWORD}"}, {"PGOPTIONS", "-c app.token=xcanaryx-token"}})},
      {"ServiceInADataSourceName",
       {{"DATA_SOURCE_NAME", "service=mine"}, {"PGSERVICEFILE", "{FOLDER}/services"}},
       {{"services", services}}},
  };
}

std::vector<Source> FileSources() {
  const std::string place = "host=127.0.0.1 port={PORT} dbname=hokm_game user=hakem";
  const std::string common =
      "\nprobe: {hosts: [\"127.0.0.1:1\"], modules_file: pe.yml}\nstate: {directory: state}\n"
      "web: {config_file: web.yml}\nrules: {files: [rules.yml]}\ncollect: {lanes: {fast: 1s}}\n";
  const auto with = [&common](const std::string& target,
                              std::map<std::string, std::string> files = {}) {
    files["hakem.yml"] = "targets: [{name: hokm, " + target + "}]" + common;
    files["web.yml"] = kWebYml;
    files["rules.yml"] = "groups: [{name: g, rules: [{alert: Up, expr: 'pg_up == 1'}]}]\n";
    files["pe.yml"] =
        "auth_modules: {m: {type: userpass, userpass: {username: u, password: xcanaryx-module},\n"
        "  options: {sslmode: disable, sslpassword: xcanaryx-ssl, app.token: xcanaryx-token}}}\n";
    return files;
  };
  return {
      {"FileUri", {}, with("dsn: \"postgresql://hakem:{PASSWORD}@127.0.0.1:{PORT}/hokm_game\"")},
      {"FileKeywords",
       {},
       with("dsn: \"" + place +
            " password='{PASSWORD}' sslpassword=xcanaryx-ssl app.token=xcanaryx-token\"")},
      {"FileOptions",
       {},
       with("dsn: \"" + place +
            " password={PASSWORD} options='-c app.token=xcanaryx-token -csearch_path=a'\"")},
      {"FilePassword", {}, with("dsn: " + place + ", password: \"{PASSWORD}\"")},
      {"FileVariables",
       {{"OUR_SECRET", "{PASSWORD}"}},
       with("dsn: \"" + place + " password=${OUR_SECRET}\"")},
      {"FilePasswordVariable",
       {{"OUR_SECRET", "{PASSWORD}"}},
       with("dsn: " + place + ", password: \"${OUR_SECRET:-xcanaryx-default}\"")},
      {"FilePasswordFile",
       {},
       with("dsn: " + place + ", password_file: password", {{"password", "{PASSWORD}\n"}})},
      {"FilePasswordCommand",
       {},
       with("dsn: " + place + ", password_command: \"cat {FOLDER}/password; : xcanaryx-argument\"",
            {{"password", "{PASSWORD}\n"}})},
      {"FilePassfile",
       {},
       with("dsn: " + place + " passfile={FOLDER}/passfile",
            {{"passfile", "*:*:*:*:{PASSWORD}\n"}})},
      {"ReceiverFiles",
       {{"ALERT_WEBHOOK", ""},
        {"ALERT_WEBHOOK_FILE", "{FOLDER}/webhook"},
        {"SMTP_PASSWORD", ""},
        {"SMTP_PASSWORD_FILE", "{FOLDER}/smtp"}},
       with("dsn: " + place + ", password: \"{PASSWORD}\"",
            {{"webhook", "http://127.0.0.1:1/services/xcanaryx-webhook\n"},
             {"smtp", "xcanaryx-smtp\n"}})},
      {"Proxy",
       {{"ALERT_WEBHOOK", "https://example.invalid/services/xcanaryx-webhook"},
        {"https_proxy", "http://ops:xcanaryx-proxy@127.0.0.1:1"}},
       with("dsn: " + place + ", password: \"{PASSWORD}\"")},
      {"InvalidProxy",
       {{"ALERT_WEBHOOK", "https://example.invalid/services/xcanaryx-webhook"},
        {"https_proxy", "http://ops:xcanaryx-proxy@[::1"}},
       with("dsn: " + place + ", password: \"{PASSWORD}\"")},
      {"FileService",
       {{"PGSERVICEFILE", "{FOLDER}/services"}},
       with("dsn: " + place + " service=mine",
            {{"services", "[mine]\npassword={PASSWORD}\nsslpassword=xcanaryx-ssl\n"}})},
  };
}

class SecretSources : public SecretOutlets, public testing::WithParamInterface<Source> {};

TEST_P(SecretSources, AppearNowhere) {
  const Source& source = GetParam();
  std::vector<std::string> config = ConfigArguments(source);
  const Environment environment = Prepare(source, kRight);
  ProcessListWatch processes;
  const Outlets commands = RunCommands(ConfiguredCommands(), environment, config);
  ExpectNowhere(kCanary, commands);
  EXPECT_THAT(AllText(commands), HasSubstr("pg_up"));
  std::vector<std::string> serve = config;
  serve.insert(serve.end(), {"--log-level", "debug"});
  if (source.files.contains("pe.yml")) {
    serve.insert(serve.end(), {"--config.file", folder_ / "pe.yml"});
  }
  const Outlets served =
      Serve(environment, serve,
            source.files.contains("rules.yml") ? kFailedNotifications
                                               : std::vector<std::string>{"\npg_up"});
  ExpectNowhere(kCanary, served);
  EXPECT_THAT(served.at("GET /metrics"), testing::ContainsRegex("\npg_up[^ ]* 1\n"));
  ExpectNowhere(kCanary, {{"the process list", processes.Stop()}});
  ExpectNowhere(kCanary, FilesIn(folder_ / "state"));
  ExpectNowhere(kCanary, {{"the server's log", ServerLog()}});
}

TEST_P(SecretSources, AppearNowhereIfTheyAreWrong) {
  const Source& source = GetParam();
  const std::vector<std::string> config = ConfigArguments(source);
  const Environment environment = Prepare(source, kWrong);
  const Outlets commands = RunCommands(ConfiguredCommands(), environment, config);
  ExpectNowhere(kCanary, commands);
  EXPECT_THAT(AllText(commands), HasSubstr("password authentication failed"));
  ExpectNowhere(kCanary, {{"the server's log", ServerLog()}});
}

std::string NameOf(const testing::TestParamInfo<Source>& info) {
  return info.param.name;
}

INSTANTIATE_TEST_SUITE_P(Environment, SecretSources, testing::ValuesIn(EnvironmentSources()),
                         NameOf);
INSTANTIATE_TEST_SUITE_P(Libpq, SecretSources, testing::ValuesIn(LibpqSources()), NameOf);
INSTANTIATE_TEST_SUITE_P(Files, SecretSources, testing::ValuesIn(FileSources()), NameOf);

TEST_F(SecretOutlets, OfEveryLevelAndFormatOfTheLogShowNothing) {
  const std::vector<Source> sources = FileSources();
  const Source& source = sources[1];
  Environment environment = Prepare(source, kRight);
  environment["ALERT_WEBHOOK"] = "https://example.invalid/services/xcanaryx-webhook";
  environment["https_proxy"] = "http://ops:xcanaryx-proxy@[::1";
  for (const std::string level : {"debug", "info", "warn", "error"}) {
    for (const std::string format : {"logfmt", "json"}) {
      std::vector<std::string> arguments = ConfigArguments(source);
      arguments.insert(arguments.end(), {"--log.level", level, "--log.format", format});
      const Outlets outlets = Serve(environment, arguments, kFailedNotifications);
      ExpectNowhere(kCanary, outlets);
      EXPECT_EQ(outlets.at("the log").empty(), level == "error") << outlets.at("the log");
    }
  }
}

}  // namespace
}  // namespace hakem

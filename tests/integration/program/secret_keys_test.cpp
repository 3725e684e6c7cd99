// Private keys of web.yml and of libpq, and their passphrases, appear nowhere.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <fstream>

#include "tests/support/http/certificates.h"
#include "tests/support/programs/process_list.h"
#include "tests/support/programs/secret_outlets.h"
#include "tests/support/programs/shell.h"

namespace hakem {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

/// The lines of a private key, without those that say what it is.
std::vector<std::string> KeyLines(const std::string& path) {
  std::vector<std::string> lines;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("-----") && line.find(": ") == line.npos && !line.empty()) {
      lines.push_back(line);
    }
  }
  EXPECT_FALSE(lines.empty()) << path;
  return lines;
}

/// The text of a file as a literal block of YAML behind a key.
std::string Block(std::string_view key, const std::string& path, std::string_view indentation) {
  std::string text = fmt::format("{}: |\n", key);
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    text += fmt::format("{}{}\n", indentation, line);
  }
  return text;
}

/// Hakem with a private TLS key in web.yml.
class PrivateKeys : public SecretOutlets {
 protected:
  Environment Target() const {
    return Prepare({.name = "Uri",
                    .environment = {{"DATA_SOURCE_NAME",
                                     "postgresql://hakem:{PASSWORD}@127.0.0.1:{PORT}/hokm_game"}}},
                   kRight);
  }

  /// All responses over TLS, as curl gets them.
  std::string PagesOverTls(const ServingHakem& hakem) const {
    std::string pages;
    for (const char* path :
         {"/", "/metrics", "/graph", "/alerts", "/api/v1/status/config", "/api/v1/status/flags",
          "/api/v1/status/runtimeinfo", "/api/v1/collectors", "/nowhere"}) {
      pages += RunShell(fmt::format("cd {} && curl -sSv --cacert ca.pem https://localhost:{}{} "
                                    "2>/dev/null",
                                    ShellWord(keys_.folder()), hakem.port(), path))
                   .text;
    }
    return pages;
  }

  void ExpectKeyNowhere(const std::string& key, const Outlets& outlets) const {
    for (const std::string& line : KeyLines(keys_.Path(key))) {
      ExpectNowhere(line, outlets);
    }
  }

  const Certificates keys_;
};

TEST_F(PrivateKeys, AppearNowhere) {
  const std::map<std::string, std::string> forms{
      {"named", "tls_server_config: {cert_file: server.pem, key_file: server.key}\n"},
      {"inlined", "tls_server_config:\n  cert_file: server.pem\n  " +
                      Block("key", keys_.Path("server.key"), "    ")}};
  for (const auto& [form, text] : forms) {
    keys_.Write("web.yml", text);
    keys_.Write("hakem.yml", Filled("targets: [{name: hokm, dsn: \"host=127.0.0.1 port={PORT} "
                                    "dbname=hokm_game user=hakem password={PASSWORD}\"}]\n"
                                    "web: {config_file: web.yml}\n",
                                    kRight));
    const std::vector<std::string> config{"--config", keys_.Path("hakem.yml")};
    ProcessListWatch processes;
    Outlets outlets = RunCommands(ConfiguredCommands(), {}, config);
    const auto hakem = ServingHakem::StartGuarded(
        {}, {"--config", keys_.Path("hakem.yml"), "--log-level", "debug"});
    ASSERT_TRUE(hakem) << hakem.error().message;
    outlets["pages"] = PagesOverTls(**hakem);
    EXPECT_THAT(outlets["pages"], HasSubstr("config_file: "));
    keys_.Write("web.yml", text + "nonsense: 1\n");
    EXPECT_TRUE(Eventually(seconds(20), [&] {
      return (*hakem)->Log().find("web configuration not taken") != std::string::npos;
    })) << (*hakem)->Log();
    outlets["the log"] = (*hakem)->Log();
    outlets["the process list"] = processes.Stop();
    EXPECT_THAT(outlets["the process list"], HasSubstr("web"));
    ExpectKeyNowhere("server.key", outlets);
  }
}

TEST_F(PrivateKeys, AppearInNoError) {
  RunShell(
      fmt::format("cd {} && openssl ec -aes256 -in server.key -out encrypted.key "
                  "-passout pass:xcanaryx-passphrase && head -c -20 server.key > short.key",
                  ShellWord(keys_.folder())));
  const std::string tls = "tls_server_config:\n  cert_file: server.pem\n  ";
  const std::string key = keys_.Path("server.key");
  const std::map<std::string, std::string> wrong{
      {"a passphrase", tls + "key_file: encrypted.key\n"},
      {"an inlined passphrase", tls + Block("key", keys_.Path("encrypted.key"), "    ")},
      {"an unknown key for the passphrase",
       tls + "key_file: encrypted.key\n  key_password: xcanaryx-passphrase\n"},
      {"the key of another certificate", tls + Block("key", keys_.Path("stranger.key"), "    ")},
      {"a key that is cut", tls + "key_file: short.key\n"},
      {"an inlined key that is cut", tls + Block("key", keys_.Path("short.key"), "    ")},
      {"a key for a path", tls + Block("key_file", key, "    ")},
      {"a key for the path of a certificate",
       "tls_server_config:\n  key_file: server.key\n  " + Block("cert_file", key, "    ")},
      {"a key for a certificate",
       "tls_server_config:\n  key_file: server.key\n  " + Block("cert", key, "    ")},
      {"a key for the path of the CA", tls +
                                           "key_file: server.key\n  client_auth_type: "
                                           "RequireAndVerifyClientCert\n  " +
                                           Block("client_ca_file", key, "    ")},
      {"wrong indentation", tls + Block("key", key, "  ")},
      {"no indentation", tls + Block("key", key, "")},
      {"the wrong section", Block("key", key, "  ")},
      {"a key in the place of a hash", "basic_auth_users:\n  " + Block("anna", key, "    ")},
      {"a key in the place of a number",
       "rate_limit:\n  interval: 1s\n  " + Block("burst", key, "    ")},
      {"a key in the place of a duration", "rate_limit:\n  " + Block("interval", key, "    ")},
      {"a list", tls + "key:\n    - |\n" + Block("x", key, "      ").substr(5)},
      {"the key alone", TextOf(key)}};
  const Environment environment = Target();
  for (const auto& [what, text] : wrong) {
    keys_.Write("web.yml", text);
    const ProgramRun run = RunHakem(
        {"serve", "--web.config.file", keys_.Path("web.yml"), "--log-level", "debug"}, environment);
    EXPECT_EQ(run.status, 2) << what << run.errors;
    const Outlets outlets{{what, run.output + run.errors}};
    ExpectNowhere(kCanary, outlets);
    for (const char* file : {"server.key", "stranger.key", "encrypted.key"}) {
      ExpectKeyNowhere(file, outlets);
    }
  }
}

TEST_F(PrivateKeys, OfLibpqAppearNowhereAndNeitherDoTheirPassphrases) {
  database_->Run(
      "COPY (SELECT) TO PROGRAM 'openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "
      "/CN=localhost -keyout server.key -out server.crt 2>/dev/null && chmod 600 server.key'");
  database_->Run("ALTER SYSTEM SET ssl = on");
  database_->Run("SELECT pg_reload_conf()");
  RunShell(
      fmt::format("cd {} && openssl ec -aes256 -in client.key -out encrypted.key "
                  "-passout pass:xcanaryx-passphrase && chmod 600 encrypted.key",
                  ShellWord(keys_.folder())));
  for (const std::string passphrase : {"xcanaryx-passphrase", "xcanaryx-other"}) {
    const Environment environment{
        {"DATA_SOURCE_NAME",
         Filled(fmt::format("host=127.0.0.1 port={{PORT}} dbname=hokm_game user=hakem "
                            "password={{PASSWORD}} sslmode=require sslcert={0}/client.pem "
                            "sslkey={0}/encrypted.key sslpassword={1}",
                            keys_.folder(), passphrase),
                kRight)}};
    const Outlets outlets = RunCommands(ConfiguredCommands(), environment);
    ExpectNowhere(kCanary, outlets);
    ExpectKeyNowhere("encrypted.key", outlets);
    ExpectKeyNowhere("client.key", outlets);
    EXPECT_THAT(AllText(outlets),
                HasSubstr(passphrase == "xcanaryx-passphrase" ? "pg_up" : "private key file"));
  }
  database_->Run("ALTER SYSTEM SET ssl = off");
  database_->Run("SELECT pg_reload_conf()");
}

}  // namespace
}  // namespace hakem

#pragma once

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/game/hokm_database.h"
#include "tests/support/programs/hakem_process.h"
#include "tests/support/programs/outlets.h"
#include "tests/support/scratch_folder.h"

namespace hakem {

/// The part of each secret that the tests search for.
inline constexpr std::string_view kCanary = "xcanaryx";

inline constexpr std::string_view kRight = "xcanaryx-target";
inline constexpr std::string_view kWrong = "xcanaryx-wrong";

/// anna's password in web.yml, xcanaryx-anna, as bcrypt and as a header.
inline constexpr std::string_view kWebYml =
    "basic_auth_users: {anna: \"$2b$04$abcdefghijklmnopqrstuutO8Mqpbp3gVcM56lALaRnwytMmlIUta\"}\n";
inline constexpr std::string_view kAnna = "Authorization: Basic YW5uYTp4Y2FuYXJ5eC1hbm5h\r\n";

/// What the page of metrics has after messages to both receivers have failed.
inline const std::vector<std::string> kFailedNotifications{
    R"(hakem_notifications_failed_total{integration="email")",
    R"(hakem_notifications_failed_total{integration="slack")"};

/// Variables and their values.
using Environment = std::map<std::string, std::string>;

/// One way to pass the target's password, and perhaps other secrets. `{PASSWORD}`, `{PORT}` and
/// `{FOLDER}` stand for their values.
struct Source {
  std::string name;
  Environment environment;
  std::map<std::string, std::string> files = {};  ///< By name; hakem.yml is passed by --config.
};

inline void PrintTo(const Source& source, std::ostream* out) {
  *out << source.name;
}

/// Puts a value in the place of each occurrence of a name such as `{PORT}`. The value may contain
/// the name.
inline void Replace(std::string& text, std::string_view name, std::string_view value) {
  for (std::size_t at = text.find(name); at != text.npos; at = text.find(name, at + value.size())) {
    text.replace(at, name.size(), value);
  }
}

/// The database that all tests watch. It logs every statement.
class SecretOutlets : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    database_ = std::make_unique<HokmDatabase>();
    database_->Run(fmt::format("ALTER ROLE hakem PASSWORD '{}'", kRight));
    database_->Run("ALTER SYSTEM SET log_statement = 'all'");
    database_->Run("ALTER SYSTEM SET log_connections = on");
    database_->Run("SELECT pg_reload_conf()");
  }

  static void TearDownTestSuite() { database_.reset(); }

  std::string Filled(std::string text, std::string_view password) const {
    Replace(text, "{PASSWORD}", password);
    Replace(text, "{PORT}", std::to_string(database_->server().port()));
    Replace(text, "{FOLDER}", folder_.path());
    return text;
  }

  void Write(const std::string& name, std::string_view text) const {
    const std::string path = folder_ / name;
    std::filesystem::remove(path);
    std::ofstream(path) << text;
    std::filesystem::permissions(path, std::filesystem::perms::owner_read);
  }

  /// Writes the source's files and returns its environment, with the receivers' secrets.
  Environment Prepare(const Source& source, std::string_view password) const {
    for (const auto& [name, text] : source.files) {
      Write(name, Filled(text, password));
    }
    Environment environment{{"ALERT_WEBHOOK", "http://127.0.0.1:1/services/xcanaryx-webhook"},
                            {"ALERT_EMAIL", "ops@example.com"},
                            {"SMTP_HOST", "127.0.0.1"},
                            {"SMTP_PORT", "1"},
                            {"SMTP_TLS", "none"},
                            {"SMTP_USER", "ops"},
                            {"SMTP_PASSWORD", "xcanaryx-smtp"},
                            {"STATE_DIRECTORY", folder_ / "state"}};
    for (const auto& [name, text] : source.environment) {
      environment[name] = Filled(text, password);
    }
    return environment;
  }

  /// The arguments of commands that read the source's hakem.yml, if it has one.
  std::vector<std::string> ConfigArguments(const Source& source) const {
    return source.files.contains("hakem.yml")
               ? std::vector<std::string>{"--config", folder_ / "hakem.yml"}
               : std::vector<std::string>{};
  }

  /// What is seen of a `hakem serve` until its /metrics page has all of these texts, and of its
  /// end.
  Outlets Serve(const Environment& environment, const std::vector<std::string>& arguments,
                const std::vector<std::string>& awaited) const {
    Outlets outlets;
    const auto hakem = ServingHakem::StartGuarded(environment, arguments);
    EXPECT_TRUE(hakem) << hakem.error().message;
    if (!hakem) {
      return outlets;
    }
    EXPECT_TRUE(Eventually(
        std::chrono::seconds(20),
        [&] {
          const auto page = HttpGet((*hakem)->port(), "/metrics", kAnna);
          return page && std::all_of(awaited.begin(), awaited.end(), [&](const std::string& text) {
                   return page->body.find(text) != std::string::npos;
                 });
        }))
        << fmt::format("{}", fmt::join(awaited, ", ")) << "\n"
        << (*hakem)->Log();
    outlets = RequestEveryEndpoint((*hakem)->port(), kAnna);
    outlets["pg_stat_activity"] = database_->Run(
        "SELECT string_agg(application_name || query, ' ') FROM pg_stat_activity "
        "WHERE usename = 'hakem'");
    Duration taken{};
    EXPECT_EQ((*hakem)->Terminate(taken), 0);
    outlets["the log"] = (*hakem)->Log();
    return outlets;
  }

  static std::string ServerLog() {
    std::ifstream file(database_->server().LogFile());
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }

  static inline std::unique_ptr<HokmDatabase> database_;
  const ScratchFolder folder_;
};

/// The content of a file; "" if it cannot be read.
inline std::string TextOf(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace hakem

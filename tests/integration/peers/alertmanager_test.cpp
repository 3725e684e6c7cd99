// The shipped alertmanager.yml on a real Alertmanager routes each shipped alert to its receivers.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "model/check.h"
#include "model/clock.h"
#include "model/log.h"
#include "process/child_process.h"
#include "process/private_postgres.h"
#include "tests/support/http/http_get.h"
#include "tests/support/matchers.h"
#include "tests/support/paths.h"
#include "tests/support/programs/peers.h"
#include "web/server/server.h"

namespace hakem {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

constexpr Duration kLimit = std::chrono::seconds(20);

// Debian's Alertmanager reads its default templates from /usr/share alone: one that was unpacked
// gets a view of the file system in which its package's lie there. One that is installed has its
// own there already.
constexpr const char* kWithOwnShare =
    "if [ -d \"$1/usr/share/prometheus/alertmanager\" ] && [ ! -L \"$2\" ]; "
    "then mount --bind \"$1/usr/share\" /usr/share; fi; shift; exec \"$@\"";

std::string ReadFile(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

/// Waits for an effect of another process.
template <typename Condition>
bool Await(Condition condition) {
  const SteadyTime deadline = SystemClock().SteadyNow() + kLimit;
  while (!condition()) {
    if (SystemClock().SteadyNow() > deadline) {
      return false;
    }
    SystemClock().SleepUntil(SystemClock().SteadyNow() + std::chrono::milliseconds(50), {});
  }
  return true;
}

/// Behaves like a Slack incoming webhook and records the titles of messages.
class SlackWebhook {
 public:
  SlackWebhook() : log_(Log::Silent().For("slack")) {
    web::ServerOptions options;
    options.address = *web::ParseListenAddress("127.0.0.1:0");
    server_ = *web::Server::Start(
        options, [this](const web::Request& request) { return Take(request); }, log_);
  }

  std::string url() const { return server_->url() + "/hook"; }

  std::vector<std::string> titles() const {
    const std::lock_guard lock(mutex_);
    return titles_;
  }

 private:
  web::Response Take(const web::Request& request) {
    const auto message = nlohmann::json::parse(request.body);
    const std::lock_guard lock(mutex_);
    titles_.push_back(message.at("attachments").at(0).at("title").get<std::string>());
    return web::TextResponse(200, "ok");
  }

  const Logger log_;
  mutable std::mutex mutex_;
  std::vector<std::string> titles_;
  std::unique_ptr<web::Server> server_;
};

/// A real Alertmanager with the shipped configuration, except for the addresses of Slack and the
/// mail server, and the secrets.
class AlertmanagerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (Start({"unshare", "--map-root-user", "--mount", "true"}, "").Wait() != 0) {
      GTEST_SKIP() << "unshare may not make a mount namespace here";
    }
    std::string folder = (std::filesystem::temp_directory_path() / "hakem-am-XXXXXX").string();
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    folder_ = folder;
    mail_port_ = process::FreePort();
    port_ = process::FreePort();
    WriteConfiguration();
    children_.push_back(
        Start({"/usr/bin/python3", "-m", "aiosmtpd", "-n", "-c", "aiosmtpd.handlers.Debugging",
               "stdout", "-l", fmt::format("127.0.0.1:{}", mail_port_)},
              "mail.txt"));
    children_.push_back(Start(
        {"unshare", "--map-root-user", "--mount", "sh", "-ec", kWithOwnShare, "sh", PeersFolder(),
         PeerPath("prometheus-alertmanager"), "--config.file=" + folder_ + "/alertmanager.yml",
         "--storage.path=" + folder_ + "/data",
         fmt::format("--web.listen-address=127.0.0.1:{}", port_), "--cluster.listen-address="},
        "alertmanager.txt"));
    ASSERT_TRUE(Await([&] { return IsReady(); })) << ReadFile(folder_ + "/alertmanager.txt");
  }

  void TearDown() override {
    children_.clear();
    if (!folder_.empty()) {
      std::filesystem::remove_all(folder_);
    }
  }

  /// Its output goes to a file of the test's folder, or to ours when that is "".
  process::ChildProcess Start(std::vector<std::string> argv, const std::string& file) const {
    const process::Output output =
        file.empty() ? process::Output::Inherit() : process::Output::ToFile(folder_ + "/" + file);
    auto started = process::ChildProcess::Start({.argv = std::move(argv),
                                                 .environment = {{"PYTHONUNBUFFERED", "1"}},
                                                 .standard_output = output,
                                                 .standard_error = output});
    HAKEM_CHECK(started.has_value());
    return *std::move(started);
  }

  bool IsReady() const {
    if (access((folder_ + "/alertmanager.txt").c_str(), R_OK) != 0 ||
        ReadFile(folder_ + "/alertmanager.txt").find("Listening on") == std::string::npos) {
      return false;
    }
    const auto reply = HttpGet(static_cast<std::uint16_t>(port_), "/-/ready");
    return reply && reply->status == 200;
  }

  void WriteConfiguration() const {
    std::ofstream(folder_ + "/slack") << slack_.url();
    std::ofstream(folder_ + "/password") << "unused";
    const std::pair<std::string, std::string> replacements[] = {
        {"/etc/alertmanager/slack_webhook_url", folder_ + "/slack"},
        {"/etc/alertmanager/smtp_password", folder_ + "/password"},
        {"smtp_auth_username: alertmanager", ""},
        {"localhost:587", fmt::format("127.0.0.1:{}", mail_port_)},
        {"smtp_require_tls: true", "smtp_require_tls: false"},
        {"group_wait: 5s", "group_wait: 500ms"},
    };
    std::string config = ReadFile(SourcePath("alertmanager/alertmanager.yml"));
    for (const auto& [shipped, here] : replacements) {
      const std::size_t at = config.find(shipped);
      ASSERT_NE(at, config.npos) << shipped;
      config.replace(at, shipped.size(), here);
    }
    std::ofstream(folder_ + "/alertmanager.yml") << config;
  }

  void Fire(const std::string& alert, const std::string& severity) const {
    const nlohmann::json labels = {{"alertname", alert},
                                   {"severity", severity},
                                   {"job", "hakem"},
                                   {"instance", "a:9187"},
                                   {"game", "hokm"}};
    const nlohmann::json annotations = {{"summary", "summary of " + alert},
                                        {"description", "description of " + alert}};
    const nlohmann::json alerts =
        nlohmann::json::array({{{"labels", labels}, {"annotations", annotations}}});
    HttpConnection connection(static_cast<std::uint16_t>(port_));
    const auto reply = connection.Exchange(HttpRequestText(
        "POST", "/api/v2/alerts", "Content-Type: application/json\r\n", alerts.dump()));
    ASSERT_THAT(reply, IsOk());
    EXPECT_EQ(reply->status, 200) << reply->body;
  }

  std::string Mail() const { return ReadFile(folder_ + "/mail.txt"); }

  SlackWebhook slack_;
  std::string folder_;
  int mail_port_ = 0;
  int port_ = 0;
  std::vector<process::ChildProcess> children_;
};

TEST_F(AlertmanagerTest, SendsWarningsToSlackAndCriticalAlertsByMailToo) {
  Fire("ManyActiveGames", "warning");
  Fire("ManyOnlinePlayers", "warning");
  Fire("LowActivity", "critical");
  Fire("GamesNotStarting", "critical");
  ASSERT_TRUE(Await([&] {
    return slack_.titles().size() >= 4 && Mail().find("of LowActivity") != std::string::npos &&
           Mail().find("of GamesNotStarting") != std::string::npos;
  })) << Mail()
      << ReadFile(folder_ + "/alertmanager.txt");
  EXPECT_THAT(slack_.titles(), UnorderedElementsAre("[FIRING] summary of ManyActiveGames",
                                                    "[FIRING] summary of ManyOnlinePlayers",
                                                    "[FIRING] summary of LowActivity",
                                                    "[FIRING] summary of GamesNotStarting"));
  EXPECT_THAT(Mail(), HasSubstr("Subject: [FIRING] summary of LowActivity"));
  EXPECT_THAT(Mail(), HasSubstr("Subject: [FIRING] summary of GamesNotStarting"));
  EXPECT_THAT(Mail(), Not(HasSubstr("summary of ManyActiveGames")));
}

TEST_F(AlertmanagerTest, SendsALongRunningGameUnlessActivityIsLow) {
  Fire("LongRunningGame", "warning");
  ASSERT_TRUE(Await([&] { return !slack_.titles().empty(); }));
  EXPECT_THAT(slack_.titles(), UnorderedElementsAre("[FIRING] summary of LongRunningGame"));
}

TEST_F(AlertmanagerTest, InhibitsALongRunningGameWhileActivityIsLow) {
  Fire("LowActivity", "critical");
  Fire("LongRunningGame", "warning");
  Fire("ManyActiveGames", "warning");
  ASSERT_TRUE(Await([&] { return slack_.titles().size() >= 2; }));
  EXPECT_THAT(slack_.titles(), UnorderedElementsAre("[FIRING] summary of LowActivity",
                                                    "[FIRING] summary of ManyActiveGames"));
}

}  // namespace
}  // namespace hakem

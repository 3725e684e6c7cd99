// Links in messages lead to the right pages.

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/support/alerting/smtp_server.h"
#include "tests/support/alerting/webhook_receiver.h"
#include "tests/support/http/http_get.h"
#include "tests/support/matchers.h"
#include "tests/support/programs/hakem_process.h"
#include "tests/support/scratch_folder.h"

namespace hakem {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kShown =
    "<pre><code>vector(1) &gt; bool 0 or x{a=&quot;2&quot;,b=&quot;1"
    "&quot;}</code></pre>";

/// A Hakem without its database, with a rule that always fires and its receivers.
class Links : public testing::Test {
 protected:
  void Start(const std::string& external_url) {
    const std::string rules = folder_.path() + "/rules.yml";
    std::ofstream(rules) << "groups:\n- name: g\n  rules:\n"
                            "  - {alert: Link, expr: 'vector(1)>BOOL 0 or x{b=\"1\",a=\"2\"}'}\n";
    const std::string config = folder_.path() + "/hakem.yml";
    std::ofstream(config) << fmt::format(
        "targets:\n  - {{name: hokm, dsn: \"postgresql://127.0.0.1:1/none\"}}\n"
        "collect: {{lanes: {{fast: 1s, slow: 2s}}}}\n"
        "rules: {{files: [{}]}}\nweb: {{external_url: \"{}\"}}\n",
        rules, external_url);
    auto hakem = ServingHakem::Start({{"ALERT_WEBHOOK", webhook_.url()},
                                      {"ALERT_EMAIL", "ops@example.com"},
                                      {"SMTP_HOST", "localhost"},
                                      {"SMTP_PORT", std::to_string(mail_.port())},
                                      {"SMTP_TLS", "none"}},
                                     {"--config", config});
    ASSERT_THAT(hakem, IsOk());
    hakem_ = *std::move(hakem);
  }

  /// Follows a link as a browser does that reaches Hakem under the external URL.
  void Follow(const std::string& link, const std::string& external_host) {
    ASSERT_THAT(link, StartsWith(external_host));
    const auto reply = HttpGet(hakem_->port(), link.substr(external_host.size()));
    ASSERT_THAT(reply, IsOk());
    EXPECT_EQ(reply->status, 200) << link;
    EXPECT_THAT(reply->body, HasSubstr(kShown));
    EXPECT_THAT(reply->body, HasSubstr("<td class=\"number\">1</td>"));
    EXPECT_THAT(reply->body, HasSubstr("<strong>Link</strong>"));
  }

  std::string SlackLink() {
    const auto requests = webhook_.AwaitRequests(1);
    if (requests.empty()) {
      ADD_FAILURE() << hakem_->Log();
      return "";
    }
    return nlohmann::json::parse(requests.front().body)["attachments"][0].value("title_link", "");
  }

  /// The first link to a page of expressions in the mail's text.
  std::string MailLink() {
    const std::string text = mail_.NextMail()["text"].get<std::string>();
    const auto graph = text.find("/graph?");
    const auto begin = text.rfind("http", graph);
    if (graph == text.npos || begin == text.npos) {
      ADD_FAILURE() << text;
      return "";
    }
    return text.substr(begin, text.find_first_of(" \r\n", begin) - begin);
  }

  ScratchFolder folder_;
  WebhookReceiver webhook_;
  SmtpServer mail_{alertmanager::SmtpTls::kNone, "", ""};
  std::unique_ptr<ServingHakem> hakem_;
};

TEST_F(Links, InMessagesShowTheExpression) {
  Start("http://hakem.example");
  Follow(SlackLink(), "http://hakem.example");
  Follow(MailLink(), "http://hakem.example");
}

TEST_F(Links, InMessagesShowTheExpressionBelowAPathWithATrailingSlash) {
  Start("http://hakem.example/x/");
  EXPECT_THAT(SlackLink(), StartsWith("http://hakem.example/x/graph?g0.expr=vector%281%29+%3E"));
  Follow(SlackLink(), "http://hakem.example");
  Follow(MailLink(), "http://hakem.example/x");
  const std::string targets = hakem_->Page("/api/v1/targets");
  EXPECT_THAT(targets, HasSubstr("\"scrapeUrl\":\"http://hakem.example/x/metrics\""));
  EXPECT_THAT(hakem_->Page("/x/metrics"), HasSubstr("pg_up"));
  EXPECT_THAT(hakem_->Page("/x/alerts"), HasSubstr("1 firing, 0 pending."));
  EXPECT_THAT(hakem_->Page("/x/style.css"), HasSubstr("color-scheme"));
  EXPECT_THAT(hakem_->Page("/api/v1/status/config"), HasSubstr("global:\\n  scrape_interval: 1s"));
  EXPECT_THAT(hakem_->Page("/api/v1/rules"),
              HasSubstr(R"("query":"vector(1) > bool 0 or x{a=\"2\",b=\"1\"}")"));
}

}  // namespace
}  // namespace hakem

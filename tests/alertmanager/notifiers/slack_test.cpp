#include "alertmanager/notifiers/slack.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "alertmanager/notify/notifier.h"
#include "tests/support/alerting/alerts.h"
#include "tests/support/alerting/fake_mail_client.h"
#include "tests/support/fake_clock.h"
#include "tests/support/http/fake_http_client.h"

namespace hakem::alertmanager {
namespace {

using nlohmann::ordered_json;

Notification Message(std::vector<Alert> firing, std::vector<Alert> resolved = {}) {
  return {.receiver = "ops",
          .reason =
              firing.empty() ? NotifyReason::kAllAlertsResolved : NotifyReason::kFirstNotification,
          .group_labels = {{"alertname", "Many"}},
          .firing = std::move(firing),
          .resolved = std::move(resolved),
          .external_url = "http://hakem:9187"};
}

ordered_json Parsed(const Notification& notification) {
  return ordered_json::parse(FormatSlackMessage(notification));
}

TEST(SlackMessage, ShowsAFiringAlert) {
  Alert alert = FiringAlert("Many");
  alert.labels = alert.labels.With("severity", "critical");
  alert.annotations["description"] = "230 games, the limit is 200";
  alert.annotations["runbook_url"] = "https://example.com/runbook#many";
  const auto expected = ordered_json::parse(R"json({
    "text": "[FIRING:1] Many (a critical)",
    "attachments": [{
      "color": "danger",
      "fallback": "[FIRING] Many active games",
      "title": "Many active games",
      "text": "230 games, the limit is 200\n<https://example.com/runbook#many|Runbook>",
      "fields": [
        {"title": "Value", "value": "230", "short": true},
        {"title": "alertname", "value": "Many", "short": true},
        {"title": "instance", "value": "a", "short": true},
        {"title": "severity", "value": "critical", "short": true}],
      "footer": "Hakem: first notification",
      "ts": 1767225600,
      "mrkdwn_in": ["text"],
      "title_link": "http://hakem:9187/graph?g0.expr=up&g0.tab=1"}]})json");
  EXPECT_EQ(Parsed(Message({alert})).dump(1), expected.dump(1));
}

TEST(SlackMessage, IsWrittenInOneLine) {
  Alert alert = FiringAlert("Many");
  alert.value = 0.5;
  const std::string text = FormatSlackMessage(Message({alert}, {Resolved(alert, 90)}));
  EXPECT_EQ(text, ordered_json::parse(text).dump());
  EXPECT_TRUE(text.starts_with(R"({"text":"[FIRING:1] Many)")) << text;
}

TEST(SlackMessage, ShowsAResolvedAlert) {
  const auto attachment =
      Parsed(Message({}, {Resolved(FiringAlert("Many"), 90)}))["attachments"][0];
  EXPECT_EQ(attachment["color"], "good");
  EXPECT_EQ(attachment["fallback"], "[RESOLVED] Many active games");
  EXPECT_EQ(attachment["footer"], "Hakem: all alerts resolved");
  EXPECT_EQ(attachment["ts"], 1767225690);
  EXPECT_EQ(attachment["fields"][0].dump(), R"({"title":"Last value","value":"230","short":true})");
  EXPECT_EQ(attachment["fields"][1].dump(),
            R"({"title":"Fired for","value":"1m30s","short":true})");
}

TEST(SlackMessage, WarnsUnlessTheSeverityIsCritical) {
  EXPECT_EQ(Parsed(Message({FiringAlert("Many")}))["attachments"][0]["color"], "warning");
}

TEST(SlackMessage, LetsNoTextBecomeALinkOrAMention) {
  Alert alert = FiringAlert("Many", 0, "<!channel> & co");
  alert.annotations["summary"] = "<https://evil.example|click>";
  alert.annotations["runbook_url"] = "https://example.com/|x";
  alert.generator_url = "javascript:alert(1)";
  const auto attachment = Parsed(Message({alert}))["attachments"][0];
  EXPECT_EQ(attachment["title"], "&lt;https://evil.example|click&gt;");
  EXPECT_EQ(attachment["fields"][2]["value"], "&lt;!channel&gt; &amp; co");
  EXPECT_EQ(attachment["text"], "");
  EXPECT_FALSE(attachment.contains("title_link"));
}

TEST(SlackMessage, CutsATitleAt1024Characters) {
  Alert alert = FiringAlert("Many");
  std::string expected;
  alert.annotations["summary"].clear();
  for (int i = 0; i < 1025; ++i) {
    alert.annotations["summary"] += "é";
    expected += i < 1023 ? "é" : "";
  }
  EXPECT_EQ(Parsed(Message({alert}))["attachments"][0]["title"], expected + "…");
}

TEST(SlackMessage, KeepsATitleOf1024Characters) {
  Alert alert = FiringAlert("Many");
  alert.annotations["summary"] = std::string(1024, 'x');
  EXPECT_EQ(Parsed(Message({alert}))["attachments"][0]["title"], std::string(1024, 'x'));
}

TEST(SlackMessage, SaysHowManyAlertsItLeavesOut) {
  std::vector<Alert> alerts(25, FiringAlert("Many"));
  const auto attachments = Parsed(Message(alerts))["attachments"];
  ASSERT_EQ(attachments.size(), 20U);
  EXPECT_EQ(attachments[18]["footer"], "Hakem: first notification");
  EXPECT_EQ(attachments[19]["footer"], "5 more alerts are not shown");
}

TEST(SlackMessage, ReplacesBytesThatAreNotUtf8) {
  EXPECT_EQ(
      Parsed(Message({FiringAlert("Many", 0, "\xff")}))["attachments"][0]["fields"][2]["value"],
      "\xef\xbf\xbd");
}

TEST(SlackMessage, SaysThatAFiringAlertCouldNotBeSent) {
  Notification message = Message({}, {Resolved(FiringAlert("Many"), 90)});
  message.firing_was_not_sent = true;
  EXPECT_EQ(Parsed(message)["text"],
            "[RESOLVED] Many (a)\n"
            "Some of it ended before a message that it fired could be delivered.");
}

struct Body {
  std::string_view name;
  std::string_view text;
  std::string_view error;  ///< Empty: delivered.
  bool may_retry = false;  ///< What answered is not Slack.
};

class SlackAnswer : public testing::TestWithParam<Body> {};

INSTANTIATE_TEST_SUITE_P(
    , SlackAnswer,
    testing::Values(Body{"Ok", "ok", ""}, Body{"OkAndNewline", "ok\n", ""},
                    Body{"JsonTrue", R"({"ok":true})", ""},
                    Body{"JsonFalse", R"({"ok":false,"error":"no_team"})",
                         "the server answered 200, but not \"ok\": "
                         "\"{\"ok\":false,\"error\":\"no_team\"}\""},
                    Body{"AWord", "invalid_payload",
                         "the server answered 200, but not \"ok\": \"invalid_payload\""},
                    Body{"Empty", "", "the server answered 200, but not \"ok\": \"\"", true},
                    Body{"APage", "<html>", "the server answered 200, but not \"ok\": \"<html>\"",
                         true}),
    [](const auto& each) { return std::string(each.param.name); });

TEST_P(SlackAnswer, IsDeliveredOnlyWhenItSaysOk) {
  FakeClock clock;
  FakeHttpClient http;
  FakeMailClient mail;
  http.answer = HttpResponse{.status = 200, .body = std::string(GetParam().text)};
  const auto integrations = MakeIntegrations(
      {.name = "ops", .slack = SlackSettings{.url = Secret("https://hooks.slack.com/services/x")}},
      {.http = http, .mail = mail, .clock = clock});
  const Delivery delivery = integrations[0].notifier->Notify(Message({FiringAlert("Many")}), {});
  EXPECT_EQ(delivery ? "" : delivery.error().error.message, GetParam().error);
  EXPECT_EQ(!delivery && delivery.error().may_retry(), GetParam().may_retry);
  ASSERT_EQ(http.requests.size(), 1U);
  EXPECT_EQ(http.requests[0].url.Reveal(), "https://hooks.slack.com/services/x");
  EXPECT_EQ(http.requests[0].headers[0].value, "application/json");
}

bool IsDelivered(const std::string& url, int status, std::string body) {
  FakeClock clock;
  FakeHttpClient http;
  FakeMailClient mail;
  http.answer = HttpResponse{.status = status, .body = std::move(body)};
  const auto integrations = MakeIntegrations({.slack = SlackSettings{.url = Secret(url)}},
                                             {.http = http, .mail = mail, .clock = clock});
  return integrations[0].notifier->Notify(Message({FiringAlert("Many")}), {}).has_value();
}

TEST(WebhookOfOthers, AcceptsAMessageWithAnyStatus2xx) {
  for (const int status : {200, 201, 202, 204}) {
    EXPECT_TRUE(IsDelivered("http://127.0.0.1:9/hook", status, ""));
    EXPECT_TRUE(IsDelivered("https://chat.example.com/slack.com", status, R"({"id": 7})"));
    EXPECT_TRUE(IsDelivered("https://notslack.com/", status, "<html>"));
    EXPECT_TRUE(IsDelivered("https://hooks.slack.com@example.com/", status, "thanks"));
  }
  EXPECT_FALSE(IsDelivered("http://127.0.0.1:9/hook", 400, "ok"));
  EXPECT_FALSE(IsDelivered("http://127.0.0.1:9/hook", 302, "ok"));
}

TEST(WebhookOfSlack, IsRecognisedByItsHost) {
  for (const char* url : {"https://hooks.slack.com/services/x", "https://HOOKS.Slack.COM:443/x",
                          "https://slack.com?x", "https://user@hooks.slack-gov.com/x"}) {
    EXPECT_FALSE(IsDelivered(url, 200, "thanks")) << url;
    EXPECT_TRUE(IsDelivered(url, 200, "ok")) << url;
  }
}

}  // namespace
}  // namespace hakem::alertmanager

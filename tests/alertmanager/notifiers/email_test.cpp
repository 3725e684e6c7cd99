#include <gmock/gmock.h>

#include "alertmanager/notify/email_body.h"
#include "alertmanager/notify/notifier.h"
#include "tests/support/alerting/alerts.h"
#include "tests/support/alerting/fake_mail_client.h"
#include "tests/support/fake_clock.h"
#include "tests/support/http/fake_http_client.h"

namespace hakem::alertmanager {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

Notification Message() {
  Alert firing = FiringAlert("Many");
  firing.annotations["description"] = "230 games, the limit is 200";
  firing.annotations["runbook_url"] = "https://example.com/runbook";
  firing.annotations["shard"] = "7";
  return {.receiver = "ops",
          .reason = NotifyReason::kSomeAlertsResolved,
          .group_labels = {{"alertname", "Many"}},
          .firing = {firing},
          .resolved = {Resolved(FiringAlert("Many", 0, "b"), 90)},
          .external_url = "http://hakem:9187"};
}

TEST(MailText, ListsEveryAlert) {
  EXPECT_EQ(FormatText(Message()),
            "[FIRING:1] Many\n"
            "some alerts resolved\n"
            "\n"
            "FIRING: Many active games\n"
            "  firing since 2026-01-01T00:00:00Z, value 230\n"
            "  230 games, the limit is 200\n"
            "  alertname = Many\n"
            "  instance = a\n"
            "  shard: 7\n"
            "  Runbook: https://example.com/runbook\n"
            "  Source: http://hakem:9187/graph?g0.expr=up&g0.tab=1\n"
            "\n"
            "RESOLVED: Many active games\n"
            "  fired 2026-01-01T00:00:00Z, resolved 2026-01-01T00:01:30Z after 1m30s, last value "
            "230\n"
            "  alertname = Many\n"
            "  instance = b\n"
            "  Source: http://hakem:9187/graph?g0.expr=up&g0.tab=1\n"
            "\n"
            "Sent by Hakem http://hakem:9187\n");
}

TEST(MailText, SaysThatAFiringAlertCouldNotBeSent) {
  Notification message = Message();
  message.firing_was_not_sent = true;
  EXPECT_THAT(FormatText(message),
              HasSubstr("Not every alert that is resolved here was told when it fired"));
}

TEST(MailPage, LinksAddressesAndEscapesText) {
  Notification message = Message();
  message.firing[0].annotations["summary"] = "<script>alert('x')</script> & \"more\"";
  const std::string html = FormatHtml(message);
  EXPECT_THAT(html, HasSubstr("<h3 style=\"margin:0\">&lt;script&gt;alert(&#39;x&#39;)"
                              "&lt;/script&gt; &amp; &quot;more&quot;</h3>"));
  EXPECT_THAT(html, HasSubstr("<a href=\"https://example.com/runbook\">Runbook</a>"));
  EXPECT_THAT(html,
              HasSubstr("<a href=\"http://hakem:9187/graph?g0.expr=up&amp;g0.tab=1\">Source</a>"));
  EXPECT_THAT(html, Not(HasSubstr("<script")));
}

TEST(MailPage, MakesNoLinkOfAnythingElse) {
  Notification message = Message();
  message.firing[0].annotations["runbook_url"] = "javascript:alert(1)";
  EXPECT_THAT(FormatHtml(message), Not(HasSubstr("javascript")));
}

class EmailNotifierTest : public testing::Test {
 protected:
  std::unique_ptr<Notifier> Make() {
    const ReceiverSettings settings{
        .name = "ops",
        .email = EmailSettings{.smtp = {.host = "mail.example.com"},
                               .from = *MailAddress::Parse("Hakem <hakem@example.com>"),
                               .to = {*MailAddress::Parse("a@example.com"),
                                      *MailAddress::Parse("B <b@example.com>")}}};
    auto made = MakeIntegrations(settings, {.http = http_, .mail = mail_, .clock = clock_});
    return std::move(made.at(0).notifier);
  }

  FakeClock clock_;
  FakeHttpClient http_;
  FakeMailClient mail_;
};

TEST_F(EmailNotifierTest, PutsTheBareAddressesOnTheEnvelope) {
  ASSERT_TRUE(Make()->Notify(Message(), {}));
  ASSERT_EQ(mail_.mails.size(), 1U);
  EXPECT_EQ(mail_.mails[0].from, "hakem@example.com");
  EXPECT_THAT(mail_.mails[0].to, ElementsAre("a@example.com", "b@example.com"));
  EXPECT_THAT(mail_.mails[0].data, HasSubstr("\r\nTo: a@example.com,\r\n B <b@example.com>\r\n"));
  EXPECT_THAT(mail_.mails[0].data, HasSubstr("\r\nSubject: [FIRING:1] Many\r\n"));
}

TEST_F(EmailNotifierTest, GivesARepeatedAttemptTheSameMessageId) {
  const auto notifier = Make();
  ASSERT_TRUE(notifier->Notify(Message(), {}));
  ASSERT_TRUE(notifier->Notify(Message(), {}));
  Notification other = Message();
  other.resolved.clear();
  ASSERT_TRUE(notifier->Notify(other, {}));
  std::vector<std::string> ids;
  for (const Mail& mail : mail_.mails) {
    const std::size_t begin = mail.data.find("Message-Id: ");
    ids.push_back(mail.data.substr(begin, mail.data.find("\r\n", begin) - begin));
  }
  EXPECT_EQ(ids[0], ids[1]);
  EXPECT_NE(ids[0], ids[2]);
}

TEST_F(EmailNotifierTest, ReportsTheReplyOfTheServer) {
  mail_.reply = SmtpReply{.code = 550, .text = "550 5.7.1 not here"};
  const Delivery delivery = Make()->Notify(Message(), {});
  ASSERT_FALSE(delivery);
  EXPECT_EQ(delivery.error().error.message,
            "mail server mail.example.com:587 answered \"550 5.7.1 not here\"");
  EXPECT_FALSE(delivery.error().may_retry());
}

}  // namespace
}  // namespace hakem::alertmanager

#include "config/receivers.h"

#include "tests/support/matchers.h"

namespace hakem::config {
namespace {

ReceiverConfig Mail() {
  ReceiverConfig config;
  config.email_to = {"ops@example.com", "Night Shift <night@example.com>"};
  config.smtp_host = "mail.example.com";
  config.smtp_from = "hakem@example.com";
  return config;
}

TEST(Receivers, AreEmptyWhenNothingIsSet) {
  const auto settings = MakeReceiverSettings({});
  ASSERT_THAT(settings, IsOk());
  EXPECT_EQ(settings->name, "default");
  EXPECT_FALSE(settings->slack);
  EXPECT_FALSE(settings->email);
}

TEST(Receivers, IncludeTheWebhook) {
  ReceiverConfig config;
  config.slack_webhook = Secret("https://hooks.slack.com/services/x");
  const auto settings = MakeReceiverSettings(config);
  ASSERT_THAT(settings, IsOk());
  ASSERT_TRUE(settings->slack);
  EXPECT_EQ(settings->slack->url.Reveal(), "https://hooks.slack.com/services/x");
}

TEST(Receivers, IncludeTheMailServerAndTheAddresses) {
  ReceiverConfig config = Mail();
  config.smtp_port = 465;
  config.smtp_tls = "implicit";
  const auto settings = MakeReceiverSettings(config);
  ASSERT_THAT(settings, IsOk());
  ASSERT_TRUE(settings->email);
  EXPECT_EQ(settings->email->smtp.host, "mail.example.com");
  EXPECT_EQ(settings->email->smtp.port, 465);
  EXPECT_EQ(settings->email->smtp.tls, alertmanager::SmtpTls::kImplicit);
  EXPECT_EQ(settings->email->from.address(), "hakem@example.com");
  ASSERT_EQ(settings->email->to.size(), 2U);
  EXPECT_EQ(settings->email->to[1].name(), "Night Shift");
}

TEST(Receivers, UseTheMachinesMailSystemIfNoServerIsSet) {
  ReceiverConfig config = Mail();
  config.smtp_host.clear();
  config.smtp_tls = "none";
  config.smtp_password = Secret("canary");
  const auto settings = MakeReceiverSettings(config);
  ASSERT_THAT(settings, IsOk());
  ASSERT_TRUE(settings->email);
  EXPECT_EQ(settings->email->smtp.host, "");
  EXPECT_TRUE(settings->email->smtp.password.empty()) << "it belongs to a server";
}

TEST(Receivers, NameTheVariableWithAnInvalidAddress) {
  ReceiverConfig config = Mail();
  config.email_to = {"ops"};
  EXPECT_THAT(MakeReceiverSettings(config),
              HasMessage("ALERT_EMAIL: \"ops\" is not a mail address: write ops@example.com or "
                         "Ops <ops@example.com>"));
  config = Mail();
  config.smtp_from = "hakem";
  EXPECT_THAT(MakeReceiverSettings(config),
              HasMessage("SMTP_FROM: \"hakem\" is not a mail address: write ops@example.com or "
                         "Ops <ops@example.com>"));
}

TEST(Receivers, SendNoPasswordUnencryptedOverTheNetwork) {
  ReceiverConfig config = Mail();
  config.smtp_tls = "none";
  config.smtp_password = Secret("canary");
  EXPECT_THAT(MakeReceiverSettings(config),
              HasMessage("SMTP_TLS: \"none\" would send SMTP_PASSWORD unencrypted to "
                         "mail.example.com: use starttls or implicit"));
  config.smtp_host = "127.0.0.1";
  EXPECT_THAT(MakeReceiverSettings(config), IsOk());
}

}  // namespace
}  // namespace hakem::config

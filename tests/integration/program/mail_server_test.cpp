// Mail to a real SMTP server: aiosmtpd with TLS and logins.

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "alertmanager/notify/notifier.h"
#include "exporter/clients/curl_http_client.h"
#include "exporter/clients/curl_mail_client.h"
#include "tests/support/alerting/alerts.h"
#include "tests/support/alerting/deliveries.h"
#include "tests/support/alerting/smtp_server.h"

namespace hakem {
namespace {

using alertmanager::Delivery;
using alertmanager::MailAddress;
using alertmanager::MakeIntegrations;
using alertmanager::ReceiverSettings;
using alertmanager::SmtpTls;
using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class MailServer : public testing::Test {
 protected:
  static alertmanager::Notification Message() {
    Alert alert = FiringAlert("ManyGames", 0, "حکم");
    alert.annotations["summary"] = "Viele Spiele: 230 > 200 & <b>mehr</b>";
    alert.annotations["description"] = std::string(200, 'x') + "\n.\nläuft";
    return {.receiver = "default",
            .group_labels = {{"alertname", "ManyGames"}},
            .firing = {alert},
            .external_url = "http://hakem:9187"};
  }

  ReceiverSettings Settings(const SmtpServer& server, SmtpTls tls) const {
    return {.email = alertmanager::EmailSettings{
                .smtp = {.host = "localhost",
                         .port = server.port(),
                         .tls = tls,
                         .user = user_,
                         .password = Secret(password_),
                         .timeout = seconds(10)},
                .from = *MailAddress::Parse("Hakem حکم <hakem@example.com>"),
                .to = {*MailAddress::Parse(to_), *MailAddress::Parse("b@example.com")}}};
  }

  Delivery Send(const SmtpServer& server, SmtpTls tls, const std::string& ca_file) {
    exporter::CurlHttpClient http;
    exporter::CurlMailClient mail(ca_file);
    const auto integrations = MakeIntegrations(
        Settings(server, tls), {.http = http, .mail = mail, .clock = SystemClock()});
    return integrations.at(0).notifier->Notify(Message(), {});
  }

  std::string user_ = "hakem";
  std::string password_ = "geheim: " + std::string(kCanary);
  std::string to_ = "Ops <ops@example.com>";
};

TEST_F(MailServer, AcceptsMailOverStartTlsWithALogin) {
  SmtpServer server(SmtpTls::kStartTls, user_, password_);
  ASSERT_EQ(ErrorOf(Send(server, SmtpTls::kStartTls, server.ca_file())), "delivered");
  const nlohmann::json mail = server.NextMail();
  EXPECT_EQ(mail["from"], "hakem@example.com");
  EXPECT_EQ(mail["to"], nlohmann::json({"ops@example.com", "b@example.com"}));
  EXPECT_EQ(mail["tls"], true);
  EXPECT_EQ(mail["user"], "hakem");
  EXPECT_EQ(mail["headers"]["Subject"], "[FIRING:1] ManyGames (حکم)");
  EXPECT_EQ(mail["headers"]["From"], "Hakem حکم <hakem@example.com>");
  EXPECT_EQ(mail["headers"]["To"], "Ops <ops@example.com>, b@example.com");
  EXPECT_EQ(mail["type"], "multipart/alternative");
  EXPECT_EQ(mail["parts"], nlohmann::json({"text/plain", "text/html"}));
  EXPECT_THAT(mail["defects"], IsEmpty());
}

TEST_F(MailServer, ReadsBothPartsUnchanged) {
  SmtpServer server(SmtpTls::kStartTls, user_, password_);
  ASSERT_EQ(ErrorOf(Send(server, SmtpTls::kStartTls, server.ca_file())), "delivered");
  const nlohmann::json mail = server.NextMail();
  EXPECT_THAT(mail["text"].get<std::string>(),
              AllOf(HasSubstr("FIRING: Viele Spiele: 230 > 200 & <b>mehr</b>\n"),
                    HasSubstr("  " + std::string(200, 'x') + "\n.\nläuft\n"),
                    HasSubstr("  instance = حکم\n")));
  EXPECT_THAT(mail["html"].get<std::string>(),
              AllOf(HasSubstr("Viele Spiele: 230 &gt; 200 &amp; &lt;b&gt;mehr&lt;/b&gt;"),
                    HasSubstr("<td>حکم</td>")));
}

TEST_F(MailServer, AcceptsMailOverImplicitTls) {
  SmtpServer server(SmtpTls::kImplicit, "", "");
  user_.clear();
  ASSERT_EQ(ErrorOf(Send(server, SmtpTls::kImplicit, server.ca_file())), "delivered");
  EXPECT_EQ(server.NextMail()["tls"], true);
}

TEST_F(MailServer, AcceptsPlainMailIfTlsIsOff) {
  SmtpServer server(SmtpTls::kNone, "", "");
  user_.clear();
  ASSERT_EQ(ErrorOf(Send(server, SmtpTls::kNone, "")), "delivered");
  EXPECT_EQ(server.NextMail()["tls"], false);
}

TEST_F(MailServer, GetsNoMailWhenItOffersNoStartTls) {
  SmtpServer server(SmtpTls::kNone, "", "");
  const Delivery delivery = Send(server, SmtpTls::kStartTls, server.ca_file());
  ASSERT_FALSE(delivery);
  EXPECT_EQ(delivery.error().error.code, ErrorCode::kRefused);
  EXPECT_THAT(ErrorOf(delivery), HasSubstr("STARTTLS"));
}

TEST_F(MailServer, GetsNoMailWhenItsCertificateIsUnknown) {
  SmtpServer server(SmtpTls::kStartTls, user_, password_);
  const Delivery delivery = Send(server, SmtpTls::kStartTls, "");
  ASSERT_FALSE(delivery);
  EXPECT_EQ(delivery.error().error.code, ErrorCode::kUnavailable);
  EXPECT_THAT(ErrorOf(delivery), HasSubstr("certificate"));
}

TEST_F(MailServer, RejectsAWrongPasswordPermanently) {
  SmtpServer server(SmtpTls::kStartTls, user_, "another");
  const Delivery delivery = Send(server, SmtpTls::kStartTls, server.ca_file());
  ASSERT_FALSE(delivery);
  EXPECT_EQ(delivery.error().error.code, ErrorCode::kRefused);
  EXPECT_EQ(delivery.error().reason, alertmanager::FailureReason::kAuthError);
  EXPECT_THAT(ErrorOf(delivery), AllOf(HasSubstr("535"), Not(HasSubstr(kCanary))));
}

TEST_F(MailServer, RejectsAnUnknownAddressPermanently) {
  SmtpServer server(SmtpTls::kNone, "", "");
  user_.clear();
  to_ = "nobody@example.com";
  const Delivery delivery = Send(server, SmtpTls::kNone, "");
  ASSERT_FALSE(delivery);
  EXPECT_EQ(delivery.error().error.code, ErrorCode::kRefused);
  EXPECT_THAT(ErrorOf(delivery), HasSubstr("answered \"550 5.1.1 no such user\""));
}

TEST_F(MailServer, IsRetriedAfterATemporaryError) {
  SmtpServer server(SmtpTls::kNone, "", "");
  user_.clear();
  to_ = "later@example.com";
  const Delivery delivery = Send(server, SmtpTls::kNone, "");
  ASSERT_FALSE(delivery);
  EXPECT_TRUE(delivery.error().may_retry());
  EXPECT_THAT(ErrorOf(delivery), HasSubstr("answered \"451 4.3.0 try again later\""));
}

}  // namespace
}  // namespace hakem

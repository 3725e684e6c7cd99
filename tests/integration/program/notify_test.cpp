// Messages to real servers: our own for HTTP, aiosmtpd with TLS and logins for SMTP.

#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <nlohmann/json.hpp>

#include "alertmanager/dispatcher.h"
#include "exporter/clients/curl_http_client.h"
#include "exporter/clients/curl_mail_client.h"
#include "exporter/clients/machine_mail_client.h"
#include "tests/support/alerting/alerts.h"
#include "tests/support/alerting/smtp_server.h"
#include "tests/support/alerting/webhook_receiver.h"
#include "tests/support/matchers.h"
#include "tests/support/programs/shell.h"
#include "tests/support/recorded_instruments.h"
#include "tests/support/scratch_folder.h"

namespace hakem {
namespace {

using alertmanager::Delivery;
using alertmanager::Dispatcher;
using alertmanager::MailAddress;
using alertmanager::MakeIntegrations;
using alertmanager::ReceiverSettings;
using alertmanager::SlackSettings;
using alertmanager::SmtpTls;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr std::string_view kCanary = "XCANARYX";

/// Waits for an effect of another thread.
template <typename Condition>
bool Await(Condition condition) {
  const SteadyTime deadline = SystemClock().SteadyNow() + seconds(20);
  while (!condition() && SystemClock().SteadyNow() < deadline) {
    SystemClock().SleepUntil(SystemClock().SteadyNow() + milliseconds(5), {});
  }
  return condition();
}

Duration Since(SteadyTime start) {
  return std::chrono::ceil<Duration>(SystemClock().SteadyNow() - start);
}

/// A dispatcher with a Slack receiver at an address and the real clock.
class SlackDispatcher {
 public:
  explicit SlackDispatcher(const std::string& url,
                           const Logger& log = Log::Silent().For("alertmanager"))
      : dispatcher_(MakeIntegrations({.slack = SlackSettings{.url = Secret(url)}},
                                     {.http = http_, .mail = mail_, .clock = SystemClock()}),
                    {.clock = SystemClock(),
                     .instruments = instruments_,
                     .log = log,
                     .external_url = "http://hakem:9187",
                     .random = [] { return 0.0; }}) {}

  void Send(const Alert& alert) { dispatcher_.Receive(std::span(&alert, 1)); }

  bool AwaitDelivered(int count) {
    return Await([&] {
      return instruments_.Value("hakem_notifications_total", {"default", "slack"}) == count;
    });
  }

  bool AwaitFailed(std::string_view reason, int count) {
    return Await([&] {
      return instruments_.Value("hakem_notifications_failed_total", {"default", "slack", reason}) ==
             count;
    });
  }

  void Stop() { dispatcher_.Stop(); }

 private:
  exporter::CurlHttpClient http_;
  exporter::CurlMailClient mail_;
  RecordedInstruments instruments_;
  Dispatcher dispatcher_;
};

TEST(Webhook, GetsAMessageWhenAnAlertFiresAndWhenItIsResolved) {
  WebhookReceiver webhook;
  SlackDispatcher dispatcher(webhook.url() + "/services/T/B/" + std::string(kCanary));
  dispatcher.Send(FiringAlert("Many"));
  ASSERT_TRUE(dispatcher.AwaitDelivered(1));
  dispatcher.Send(Resolved(FiringAlert("Many"), 60));
  ASSERT_TRUE(dispatcher.AwaitDelivered(2));
  const auto requests = webhook.AwaitRequests(2);
  ASSERT_THAT(requests, SizeIs(2));
  EXPECT_EQ(requests[0].method, "POST");
  EXPECT_EQ(requests[0].path, "/services/T/B/XCANARYX");
  EXPECT_EQ(requests[0].Header("Content-Type"), "application/json");
  EXPECT_EQ(nlohmann::json::parse(requests[0].body)["text"], "[FIRING:1] Many (a)");
  EXPECT_EQ(nlohmann::json::parse(requests[1].body)["text"], "[RESOLVED] Many (a)");
}

TEST(Webhook, IsRetriedAfterAnError) {
  WebhookReceiver webhook;
  webhook.Answer(web::TextResponse(500, "broken"));
  SlackDispatcher dispatcher(webhook.url());
  dispatcher.Send(FiringAlert("Many"));
  ASSERT_TRUE(dispatcher.AwaitDelivered(1));
  EXPECT_TRUE(dispatcher.AwaitFailed("serverError", 1));
  const auto requests = webhook.AwaitRequests(2);
  ASSERT_THAT(requests, SizeIs(2));
  EXPECT_EQ(requests[0].body, requests[1].body);
}

TEST(Webhook, IsNotRetriedBeforeRetryAfter) {
  WebhookReceiver webhook;
  web::Response slow_down = web::TextResponse(429, "rate_limited");
  slow_down.headers.push_back({"Retry-After", "2"});
  webhook.Answer(slow_down);
  SlackDispatcher dispatcher(webhook.url());
  const SteadyTime start = SystemClock().SteadyNow();
  dispatcher.Send(FiringAlert("Many"));
  ASSERT_TRUE(dispatcher.AwaitDelivered(1));
  EXPECT_GE(Since(start), seconds(2));
  EXPECT_TRUE(dispatcher.AwaitFailed("rateLimited", 1));
}

TEST(Webhook, IsNotRetriedAfterARejection) {
  WebhookReceiver webhook;
  webhook.Answer(web::TextResponse(404, "no_service"));
  SlackDispatcher dispatcher(webhook.url());
  dispatcher.Send(FiringAlert("Many"));
  ASSERT_TRUE(dispatcher.AwaitFailed("clientError", 1));
  dispatcher.Send(FiringAlert("Low"));
  ASSERT_TRUE(dispatcher.AwaitDelivered(1));
  EXPECT_THAT(webhook.AwaitRequests(2), SizeIs(2));
}

TEST(Webhook, ThatHangsDelaysNeitherTheRulesNorTheShutdown) {
  WebhookReceiver webhook;
  webhook.Hang();
  SlackDispatcher dispatcher(webhook.url());
  dispatcher.Send(FiringAlert("Many"));
  ASSERT_THAT(webhook.AwaitRequests(1), SizeIs(1));
  const SteadyTime start = SystemClock().SteadyNow();
  dispatcher.Send(Resolved(FiringAlert("Many"), 5));
  EXPECT_LT(Since(start), milliseconds(500));
  dispatcher.Stop();
  EXPECT_LT(Since(start), milliseconds(2000));
}

TEST(Webhook, IsNotNamedInTheLog) {
  WebhookReceiver webhook;
  webhook.Answer(web::TextResponse(500, "no XCANARYX here"));
  testing::internal::CaptureStderr();
  {
    const Log log(LogLevel::kDebug, LogFormat::kLogfmt);
    SlackDispatcher dispatcher(webhook.url() + "/services/" + std::string(kCanary),
                               log.For("alertmanager"));
    dispatcher.Send(FiringAlert("Many"));
    ASSERT_TRUE(dispatcher.AwaitDelivered(1));
    dispatcher.Stop();
  }
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_THAT(log, AllOf(HasSubstr("level=warn component=alertmanager msg=\"notification failed, "
                                   "trying again\" receiver=default integration=slack "
                                   "alertname=Many reason=serverError error=\"the server answered "
                                   "500: no <secret> here\""),
                         HasSubstr("msg=\"notification delivered\""), Not(HasSubstr(kCanary))));
}

class AnHttpClient : public testing::Test {
 protected:
  Result<alertmanager::HttpResponse> Post(const std::string& url, Duration timeout = seconds(5)) {
    return http_.Send({.url = Secret(url), .body = "{}", .timeout = timeout}, stop_.get_token());
  }

  exporter::CurlHttpClient http_;
  std::stop_source stop_;
};

TEST_F(AnHttpClient, ReportsATimeout) {
  WebhookReceiver webhook;
  webhook.Hang();
  const auto response = Post(webhook.url() + "/XCANARYX", milliseconds(200));
  EXPECT_THAT(response, HasCode(ErrorCode::kTimeout));
  EXPECT_THAT(response, HasMessage(AllOf(StartsWith("127.0.0.1: "), Not(HasSubstr(kCanary)))));
}

TEST_F(AnHttpClient, ReportsThatNobodyListens) {
  const auto response = Post("http://127.0.0.1:1/XCANARYX");
  EXPECT_THAT(response, HasCode(ErrorCode::kUnavailable));
  EXPECT_THAT(response, HasMessage(AllOf(HasSubstr("127.0.0.1 port 1"), Not(HasSubstr(kCanary)))));
}

TEST_F(AnHttpClient, RejectsALongResponse) {
  WebhookReceiver webhook;
  webhook.Answer(web::TextResponse(200, std::string(70'000, 'x')));
  EXPECT_THAT(Post(webhook.url()), HasMessage("127.0.0.1: the answer is longer than 65536 bytes"));
}

TEST_F(AnHttpClient, TruncatesALongResponseIfRequested) {
  WebhookReceiver webhook;
  webhook.Answer(web::TextResponse(200, std::string(70'000, 'x')));
  const auto response =
      http_.Send({.url = Secret(webhook.url()), .body = "{}", .cuts_long_answer = true}, {});
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->body, std::string(65'536, 'x'));
}

TEST(Webhook, HasAcceptedAMessageDespiteALongResponse) {
  WebhookReceiver webhook;
  webhook.Answer(web::TextResponse(200, std::string(200'000, 'x')));
  SlackDispatcher dispatcher(webhook.url());
  dispatcher.Send(FiringAlert("Many"));
  EXPECT_TRUE(dispatcher.AwaitDelivered(1));
}

TEST(Webhook, IsRetriedAfterARedirect) {
  WebhookReceiver webhook;
  web::Response elsewhere = web::TextResponse(302, "");
  elsewhere.headers.push_back({"Location", "http://127.0.0.1:1/"});
  webhook.Answer(elsewhere);
  SlackDispatcher dispatcher(webhook.url());
  dispatcher.Send(FiringAlert("Many"));
  EXPECT_TRUE(dispatcher.AwaitDelivered(1));
  EXPECT_TRUE(dispatcher.AwaitFailed("other", 1));
}

TEST_F(AnHttpClient, FollowsNoRedirect) {
  WebhookReceiver webhook;
  web::Response elsewhere = web::TextResponse(302, "elsewhere");
  elsewhere.headers.push_back({"Location", "/other"});
  webhook.Answer(elsewhere);
  const auto response = Post(webhook.url());
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->status, 302);
}

TEST_F(AnHttpClient, SupportsOnlyHttp) {
  EXPECT_THAT(Post("file:///etc/passwd"), HasCode(ErrorCode::kInvalidInput));
  EXPECT_THAT(Post("not an address"), HasCode(ErrorCode::kInvalidInput));
}

TEST_F(AnHttpClient, StopsAtOnce) {
  WebhookReceiver webhook;
  webhook.Hang();
  auto response = std::async(std::launch::async, [&] { return Post(webhook.url(), seconds(20)); });
  ASSERT_THAT(webhook.AwaitRequests(1), SizeIs(1));
  const SteadyTime start = SystemClock().SteadyNow();
  stop_.request_stop();
  EXPECT_THAT(response.get(), HasMessage("127.0.0.1: stopped"));
  EXPECT_LT(Since(start), milliseconds(500));
}

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

std::string ErrorOf(const Delivery& delivery) {
  return delivery ? "delivered" : delivery.error().error.message;
}

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

/// A script in place of sendmail.
class MachineMail : public testing::Test {
 protected:
  std::string Script(const std::string& commands) {
    const std::string path = folder_.path() + "/sendmail";
    std::ofstream(path) << "#!/bin/sh\n" << commands << "\n";
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    return path;
  }

  Delivery Send(std::optional<std::string> sendmail, int smtp_port = 1,
                Duration timeout = seconds(10), const std::stop_token& stop = {}) {
    exporter::CurlHttpClient http;
    exporter::MachineMailClient mail(
        {.find_sendmail = [&] { return sendmail; }, .smtp_port = smtp_port});
    const ReceiverSettings settings{
        .email = alertmanager::EmailSettings{.smtp = {.timeout = timeout},
                                             .from = *MailAddress::Parse("hakem@localhost"),
                                             .to = {*MailAddress::Parse("ops@example.com")}}};
    const auto integrations =
        MakeIntegrations(settings, {.http = http, .mail = mail, .clock = SystemClock()});
    Alert alert = FiringAlert("Many", 0, "a\r\nBcc: evil@example.com");
    return integrations.at(0).notifier->Notify({.receiver = "default",
                                                .group_labels = {{"alertname", "Many"}},
                                                .firing = {alert},
                                                .external_url = "http://hakem:9187"},
                                               stop);
  }

  std::string Read(const std::string& name) {
    std::ifstream file(folder_.path() + "/" + name);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }

  const ScratchFolder folder_;
};

TEST_F(MachineMail, GoesThroughSendmail) {
  const std::string to = folder_.path();
  setenv("XCANARYX", "secret", 1);
  const std::string script =
      Script("cat > " + ShellWord(to + "/mail") + "; echo \"$@\" > " +
             ShellWord(to + "/arguments") + "; env > " + ShellWord(to + "/environment"));
  ASSERT_EQ(ErrorOf(Send(script)), "delivered");
  EXPECT_EQ(Read("arguments"), "-t -i\n");
  const std::string mail = Read("mail");
  EXPECT_THAT(mail, HasSubstr("To: ops@example.com\n"));
  EXPECT_THAT(mail.substr(0, mail.find("\n\n")), Not(HasSubstr("\nBcc:")));
  EXPECT_THAT(mail, Not(HasSubstr("\r")));
  EXPECT_THAT(mail, Not(HasSubstr("\nTo: ops@example.com\nTo:")));
  EXPECT_THAT(Read("environment"), Not(HasSubstr(std::string(kCanary))));
  unsetenv("XCANARYX");
}

TEST_F(MachineMail, IsRetriedWhenSendmailFailsTemporarily) {
  const Delivery delivery = Send(Script("echo the queue is full >&2; exit 75"));
  ASSERT_FALSE(delivery);
  EXPECT_TRUE(delivery.error().may_retry());
  EXPECT_EQ(ErrorOf(delivery),
            "the mail system of this machine answered \"sendmail ended with status 75 EX_TEMPFAIL: "
            "the queue is full\"");
}

TEST_F(MachineMail, IsNotRetriedWhenSendmailRejectsTheMail) {
  const Delivery delivery = Send(Script("exit 67"));
  ASSERT_FALSE(delivery);
  EXPECT_FALSE(delivery.error().may_retry());
  EXPECT_THAT(ErrorOf(delivery), HasSubstr("status 67 EX_NOUSER"));
}

TEST_F(MachineMail, IsRetriedWhenTheMailSystemIsBroken) {
  for (const char* commands : {"exit 78", "exit 1", "kill -9 $$"}) {
    const Delivery delivery = Send(Script(commands));
    ASSERT_FALSE(delivery);
    EXPECT_TRUE(delivery.error().may_retry()) << commands;
  }
}

TEST_F(MachineMail, GoesToLocalhostIfSendmailFails) {
  SmtpServer server(SmtpTls::kNone, "", "");
  EXPECT_EQ(ErrorOf(Send(Script("exit 78"), server.port())), "delivered");
  EXPECT_EQ(server.NextMail()["to"], nlohmann::json({"ops@example.com"}));
  EXPECT_EQ(ErrorOf(Send(std::nullopt, server.port())), "delivered");
  EXPECT_EQ(ErrorOf(Send("/nonexistent/sendmail", server.port())), "delivered");
}

TEST_F(MachineMail, ReportsThatItCannotBeSent) {
  const Delivery delivery = Send(std::nullopt);
  ASSERT_FALSE(delivery);
  EXPECT_TRUE(delivery.error().may_retry());
  EXPECT_THAT(ErrorOf(delivery), HasSubstr("localhost:1"));
  EXPECT_THAT(ErrorOf(Send("/nonexistent/sendmail")),
              AllOf(HasSubstr("cannot run /nonexistent/sendmail"), HasSubstr("localhost:1")));
}

TEST_F(MachineMail, DoesNotWaitForASendmailThatHangs) {
  const SteadyTime start = SystemClock().SteadyNow();
  const Delivery delivery = Send(Script("sleep 60"), 1, milliseconds(200));
  ASSERT_FALSE(delivery);
  EXPECT_EQ(delivery.error().reason, alertmanager::FailureReason::kContextDeadlineExceeded);
  EXPECT_LT(Since(start), seconds(5));
}

TEST_F(MachineMail, DoesNotWaitForChildrenOrOutputOfSendmail) {
  const SteadyTime start = SystemClock().SteadyNow();
  EXPECT_EQ(ErrorOf(Send(Script("sleep 9 & exit 0"))), "delivered");
  EXPECT_EQ(ErrorOf(Send(Script("head -c 1000000 /dev/zero; exit 0"))), "delivered");
  EXPECT_EQ(ErrorOf(Send(Script("exec <&-; exit 0"))), "delivered") << "it reads nothing";
  EXPECT_LT(Since(start), seconds(8));
}

TEST_F(MachineMail, StopsAtOnce) {
  std::stop_source stop;
  stop.request_stop();
  const SteadyTime start = SystemClock().SteadyNow();
  EXPECT_FALSE(Send(Script("sleep 60"), 1, seconds(30), stop.get_token()));
  EXPECT_LT(Since(start), seconds(5));
}

}  // namespace
}  // namespace hakem

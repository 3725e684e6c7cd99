// Mail by this machine's own mail system: a script in place of sendmail, and a server on localhost.

#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "alertmanager/notify/notifier.h"
#include "exporter/clients/curl_http_client.h"
#include "exporter/clients/machine_mail_client.h"
#include "tests/support/alerting/alerts.h"
#include "tests/support/alerting/deliveries.h"
#include "tests/support/alerting/smtp_server.h"
#include "tests/support/elapsed.h"
#include "tests/support/programs/shell.h"
#include "tests/support/scratch_folder.h"

namespace hakem {
namespace {

using alertmanager::Delivery;
using alertmanager::MailAddress;
using alertmanager::MakeIntegrations;
using alertmanager::ReceiverSettings;
using alertmanager::SmtpTls;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

/// A script in place of sendmail.
class MachineMail : public testing::Test {
 protected:
  std::string Script(const std::string& commands) {
    std::string path = folder_.path() + "/sendmail";
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

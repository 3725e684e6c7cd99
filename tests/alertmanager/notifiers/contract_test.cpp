// What every notifier must keep to, whoever writes it.
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "alertmanager/notify/notifier.h"
#include "tests/support/alerting/alerts.h"
#include "tests/support/alerting/fake_mail_client.h"
#include "tests/support/fake_clock.h"
#include "tests/support/http/fake_http_client.h"
#include "tests/support/matchers.h"
#include "tests/support/paths.h"

namespace hakem::alertmanager {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kCanary = "XCANARYX";

class EveryNotifier : public testing::TestWithParam<const NotifierSpec*> {
 protected:
  const NotifierSpec& spec() const { return *GetParam(); }

  /// Settings for every channel whose secrets are the canary.
  static ReceiverSettings Settings() {
    const std::string canary(kCanary);
    const MailAddress address = *MailAddress::Parse("ops@example.com");
    return {.name = "ops",
            .slack = SlackSettings{.url = Secret("https://example.com/services/" + canary)},
            .email = EmailSettings{
                .smtp = {.host = "mail.example.com", .user = "hakem", .password = Secret(canary)},
                .from = address,
                .to = {address}}};
  }

  Delivery Notify() {
    const auto notifier = spec().make(Settings(), {.http = http_, .mail = mail_, .clock = clock_});
    return notifier->Notify({.receiver = "ops",
                             .reason = NotifyReason::kFirstNotification,
                             .group_labels = {{"alertname", "Many"}},
                             .firing = {FiringAlert("Many")},
                             .resolved = {Resolved(FiringAlert("Many", 0, "b"), 60)},
                             .external_url = "http://hakem:9187"},
                            {});
  }

  FakeClock clock_;
  FakeHttpClient http_;
  FakeMailClient mail_;
};

INSTANTIATE_TEST_SUITE_P(, EveryNotifier, testing::ValuesIn(kNotifiers),
                         [](const auto& each) { return std::string(each.param->name); });

TEST_P(EveryNotifier, IsNamedAsItsFile) {
  const auto file = std::filesystem::path(SourcePath("alertmanager/notifiers")) / spec().name;
  EXPECT_TRUE(std::filesystem::exists(file.string() + ".cpp"));
}

TEST_P(EveryNotifier, HasHelpOfOneSentence) {
  EXPECT_TRUE(spec().help.ends_with('.'));
}

TEST_P(EveryNotifier, HasItsRowInTheDocumentation) {
  std::ostringstream page;
  page << std::ifstream(SourcePath("docs/notifiers.md")).rdbuf();
  EXPECT_THAT(page.str(), HasSubstr(fmt::format("\n| `{}` | {} |", spec().name, spec().help)));
}

TEST_P(EveryNotifier, IsNotMadeWithoutSettings) {
  EXPECT_EQ(spec().make({}, {.http = http_, .mail = mail_, .clock = clock_}), nullptr);
}

TEST_P(EveryNotifier, Delivers) {
  EXPECT_TRUE(Notify().has_value());
  EXPECT_EQ(http_.requests.size() + mail_.mails.size(), 1U);
}

TEST_P(EveryNotifier, MayTryAgainWhenTheOtherSideIsDown) {
  const Error error{ErrorCode::kTimeout, "example.com: timed out"};
  http_.answer = Fail(error);
  mail_.reply = Fail(error);
  const Delivery delivery = Notify();
  ASSERT_FALSE(delivery.has_value());
  EXPECT_EQ(delivery.error().error, error);
  EXPECT_EQ(delivery.error().reason, FailureReason::kContextDeadlineExceeded);
}

TEST_P(EveryNotifier, LeaksNoSecretWhenTheServerEchoesIt) {
  const std::string said = "535 no " + std::string(kCanary);
  for (const int status : {403, 500}) {
    http_.answer = HttpResponse{.status = status, .body = said};
    mail_.reply = SmtpReply{.code = 535, .text = said};
    const Delivery delivery = Notify();
    ASSERT_FALSE(delivery.has_value());
    EXPECT_THAT(delivery.error().error.message, Not(HasSubstr(kCanary)));
  }
}

TEST_P(EveryNotifier, PutsNoSecretIntoTheMessage) {
  Notify();
  for (const HttpRequest& request : http_.requests) {
    EXPECT_THAT(request.body, Not(HasSubstr(kCanary)));
  }
  for (const Mail& mail : mail_.mails) {
    EXPECT_THAT(mail.data, Not(HasSubstr(kCanary)));
  }
}

TEST(Notifiers, AreMadeForTheChannelsThatAreSet) {
  FakeClock clock;
  FakeHttpClient http;
  FakeMailClient mail;
  const auto integrations = MakeIntegrations(
      {.name = "ops", .slack = SlackSettings{.url = Secret("https://example.com/")}},
      {.http = http, .mail = mail, .clock = clock});
  ASSERT_EQ(integrations.size(), 1U);
  EXPECT_EQ(integrations[0].receiver, "ops");
  EXPECT_EQ(integrations[0].name, "slack");
}

}  // namespace
}  // namespace hakem::alertmanager

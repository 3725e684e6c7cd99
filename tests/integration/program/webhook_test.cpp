// Messages to a real HTTP server: the dispatcher with a Slack receiver, and the client below it.

#include <gmock/gmock.h>

#include <future>
#include <nlohmann/json.hpp>

#include "alertmanager/dispatcher.h"
#include "exporter/clients/curl_http_client.h"
#include "exporter/clients/curl_mail_client.h"
#include "tests/support/alerting/alerts.h"
#include "tests/support/alerting/deliveries.h"
#include "tests/support/alerting/webhook_receiver.h"
#include "tests/support/elapsed.h"
#include "tests/support/matchers.h"
#include "tests/support/recorded_instruments.h"

namespace hakem {
namespace {

using alertmanager::Dispatcher;
using alertmanager::MakeIntegrations;
using alertmanager::SlackSettings;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

/// Waits for an effect of another thread.
template <typename Condition>
bool Await(Condition condition) {
  const SteadyTime deadline = SystemClock().SteadyNow() + seconds(20);
  while (!condition() && SystemClock().SteadyNow() < deadline) {
    SystemClock().SleepUntil(SystemClock().SteadyNow() + milliseconds(5), {});
  }
  return condition();
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

}  // namespace
}  // namespace hakem

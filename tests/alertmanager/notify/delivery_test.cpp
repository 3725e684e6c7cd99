#include "alertmanager/notify/delivery.h"

#include <gtest/gtest.h>

namespace hakem::alertmanager {
namespace {

struct Answer {
  int status;
  ErrorCode code;
  FailureReason reason;
};

class HttpAnswer : public testing::TestWithParam<Answer> {};

INSTANTIATE_TEST_SUITE_P(
    , HttpAnswer,
    testing::Values(Answer{302, ErrorCode::kUnavailable, FailureReason::kOther},
                    Answer{307, ErrorCode::kUnavailable, FailureReason::kOther},
                    Answer{408, ErrorCode::kUnavailable, FailureReason::kContextDeadlineExceeded},
                    Answer{400, ErrorCode::kRefused, FailureReason::kClientError},
                    Answer{401, ErrorCode::kRefused, FailureReason::kAuthError},
                    Answer{403, ErrorCode::kRefused, FailureReason::kAuthError},
                    Answer{404, ErrorCode::kRefused, FailureReason::kClientError},
                    Answer{429, ErrorCode::kUnavailable, FailureReason::kRateLimited},
                    Answer{500, ErrorCode::kUnavailable, FailureReason::kServerError},
                    Answer{503, ErrorCode::kUnavailable, FailureReason::kServerError}),
    [](const auto& each) { return std::to_string(each.param.status); });

TEST_P(HttpAnswer, DecidesWhetherToRetryAndWhatIsCounted) {
  const Delivery delivery =
      JudgeHttp({.status = GetParam().status, .body = ""}, Secret("http://hook"));
  ASSERT_FALSE(delivery.has_value());
  EXPECT_EQ(delivery.error().error.code, GetParam().code);
  EXPECT_EQ(delivery.error().reason, GetParam().reason);
  EXPECT_EQ(delivery.error().may_retry(), GetParam().code == ErrorCode::kUnavailable);
}

TEST(HttpAnswerText, QuotesTheServerAndKeepsRetryAfter) {
  const Delivery delivery = JudgeHttp(
      {.status = 429, .body = "rate_limited\nmore", .retry_after = std::chrono::seconds(30)},
      Secret("http://hook"));
  ASSERT_FALSE(delivery.has_value());
  EXPECT_EQ(delivery.error().error.message, "the server answered 429: rate_limited");
  EXPECT_EQ(delivery.error().retry_after, std::chrono::seconds(30));
}

class SmtpAnswer : public testing::TestWithParam<Answer> {};

INSTANTIATE_TEST_SUITE_P(
    , SmtpAnswer,
    testing::Values(Answer{421, ErrorCode::kUnavailable, FailureReason::kServerError},
                    Answer{451, ErrorCode::kUnavailable, FailureReason::kServerError},
                    Answer{454, ErrorCode::kUnavailable, FailureReason::kAuthError},
                    Answer{530, ErrorCode::kRefused, FailureReason::kAuthError},
                    Answer{535, ErrorCode::kRefused, FailureReason::kAuthError},
                    Answer{550, ErrorCode::kRefused, FailureReason::kClientError}),
    [](const auto& each) { return std::to_string(each.param.status); });

TEST_P(SmtpAnswer, DecidesWhetherToRetryAndWhatIsCounted) {
  const Delivery delivery =
      JudgeSmtp({.code = GetParam().status, .text = "no"}, {.host = "mail", .port = 25});
  ASSERT_FALSE(delivery.has_value());
  EXPECT_EQ(delivery.error().error.code, GetParam().code);
  EXPECT_EQ(delivery.error().reason, GetParam().reason);
}

TEST(SmtpAnswerText, NamesTheServerAndQuotesIt) {
  const Delivery delivery = JudgeSmtp({.code = 550, .text = "550 5.1.1 no such user"},
                                      {.host = "mail.example.com", .port = 587});
  ASSERT_FALSE(delivery.has_value());
  EXPECT_EQ(delivery.error().error.message,
            "mail server mail.example.com:587 answered \"550 5.1.1 no such user\"");
}

TEST(SmtpAnswerText, NamesTheMachinesOwnMailSystem) {
  const Delivery delivery =
      JudgeSmtp({.code = 451, .text = "sendmail ended with status 75 EX_TEMPFAIL"}, {});
  ASSERT_FALSE(delivery.has_value());
  EXPECT_TRUE(delivery.error().may_retry());
  EXPECT_EQ(delivery.error().error.message,
            "the mail system of this machine answered \"sendmail ended with status 75 "
            "EX_TEMPFAIL\"");
}

TEST(NoAnswer, IsCountedAsATimeoutOrOther) {
  EXPECT_EQ(NoAnswer({ErrorCode::kTimeout, "late"}).error().reason,
            FailureReason::kContextDeadlineExceeded);
  EXPECT_EQ(NoAnswer({ErrorCode::kUnavailable, "gone"}).error().reason, FailureReason::kOther);
}

TEST(Excerpt, HidesTheSecretAndEveryPartOfIt) {
  const Secret url("https://hooks.slack.com/services/T0001/B0002/XCANARYX");
  EXPECT_EQ(Excerpt("no https://hooks.slack.com/services/T0001/B0002/XCANARYX", url),
            "no <secret>");
  EXPECT_EQ(Excerpt("no team T0001, hook XCANARYX", url), "no team <secret>, hook <secret>");
}

TEST(Excerpt, IsOneShortLineOfPrintableText) {
  EXPECT_EQ(Excerpt("a\x1b[31mb\r\nc", Secret()), "a?[31mb");
  EXPECT_EQ(Excerpt(std::string(1000, 'x'), Secret()), std::string(120, 'x'));
}

TEST(FailureReasons, AreAlertmanagersWords) {
  std::string all;
  for (const FailureReason reason : kFailureReasons) {
    all += std::string(ToString(reason)) + " ";
  }
  EXPECT_EQ(all, "other clientError serverError contextDeadlineExceeded authError rateLimited ");
}

}  // namespace
}  // namespace hakem::alertmanager

#include "demo/webhook_receiver.h"

#include <gmock/gmock.h>

#include "tests/support/http/http_get.h"
#include "tests/support/matchers.h"

namespace hakem::demo {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class WebhookReceiverTest : public testing::Test {
 protected:
  void SetUp() override {
    auto started = WebhookReceiver::Start(Log::Silent().For("webhook"));
    ASSERT_THAT(started, IsOk());
    receiver_ = *std::move(started);
    const std::string url = receiver_->url();
    const auto colon = url.rfind(':');
    const auto slash = url.find('/', colon);
    port_ = static_cast<std::uint16_t>(std::stoi(url.substr(colon + 1)));
    path_ = url.substr(slash);
  }

  HttpReply Send(std::string_view method, std::string_view path, std::string_view body) {
    auto reply = HttpConnection(port_).Exchange(HttpRequestText(method, path, "", body));
    EXPECT_THAT(reply, IsOk());
    return reply.value_or(HttpReply{});
  }

  std::unique_ptr<WebhookReceiver> receiver_;
  std::uint16_t port_ = 0;
  std::string path_;
};

TEST_F(WebhookReceiverTest, AnswersOkAndKeepsWhatWasPosted) {
  EXPECT_EQ(Send("POST", path_, "first").body, "ok\n");
  EXPECT_EQ(Send("POST", path_, "second").status, 200);
  EXPECT_THAT(receiver_->Take(), ElementsAre("first", "second"));
  EXPECT_THAT(receiver_->Take(), IsEmpty());
}

TEST_F(WebhookReceiverTest, HasAnUnpredictablePath) {
  const auto other = WebhookReceiver::Start(Log::Silent().For("webhook"));
  ASSERT_THAT(other, IsOk());
  EXPECT_EQ(path_.size(), std::string_view("/services/").size() + 32);
  EXPECT_THAT((*other)->url(), testing::Not(testing::EndsWith(path_)));
}

TEST_F(WebhookReceiverTest, LimitsTheNumberOfKeptMessages) {
  for (int message = 0; message < 1000; ++message) {
    ASSERT_EQ(Send("POST", path_, "x").status, 200);
  }
  EXPECT_EQ(Send("POST", path_, "x").status, 503);
  EXPECT_EQ(receiver_->Take().size(), 1000U);
  EXPECT_EQ(Send("POST", path_, "x").status, 200);
}

TEST_F(WebhookReceiverTest, RejectsOtherRequests) {
  EXPECT_EQ(Send("GET", path_, "").status, 405);
  EXPECT_EQ(Send("POST", "/services/other", "x").status, 404);
  EXPECT_THAT(receiver_->Take(), IsEmpty());
}

}  // namespace
}  // namespace hakem::demo

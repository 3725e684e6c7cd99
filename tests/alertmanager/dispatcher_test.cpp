#include "alertmanager/dispatcher.h"

#include <gmock/gmock.h>

#include <future>

#include "tests/support/alerting/alerts.h"
#include "tests/support/alerting/fake_notifier.h"
#include "tests/support/alerting/memory_notification_log.h"
#include "tests/support/fake_clock.h"
#include "tests/support/recorded_instruments.h"

namespace hakem::alertmanager {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::SizeIs;

DeliveryFailure Unavailable() {
  return {{ErrorCode::kUnavailable, "no route"}, FailureReason::kServerError, std::nullopt};
}

class DispatcherTest : public testing::Test {
 protected:
  std::unique_ptr<Dispatcher> Start(const std::vector<FakeReceiver*>& receivers) {
    std::vector<Integration> integrations;
    for (FakeReceiver* receiver : receivers) {
      integrations.push_back({"ops", "fake", std::make_unique<FakeNotifier>(*receiver)});
    }
    return std::make_unique<Dispatcher>(std::move(integrations),
                                        SenderDeps{.clock = clock_,
                                                   .instruments = instruments_,
                                                   .log = Log::Silent().For("alertmanager"),
                                                   .external_url = "http://hakem:9187",
                                                   .random = [] { return 0.5; },
                                                   .notification_log = &log_});
  }

  static void Tell(Dispatcher& dispatcher, const Alert& alert) {
    dispatcher.Receive(std::span(&alert, 1));
  }

  /// Stops it, and lets the time pass that it gives its senders.
  void StopWhileOneHangs(Dispatcher& dispatcher) {
    const auto stopping = std::async(std::launch::async, [&] { dispatcher.Stop(); });
    while (stopping.wait_for(seconds(0)) != std::future_status::ready) {
      clock_.Advance(seconds(1));
    }
  }

  double Delivered() const {
    return instruments_.Value("hakem_notifications_total", {"ops", "fake"});
  }

  double Failed(std::string_view reason) const {
    return instruments_.Value("hakem_notifications_failed_total", {"ops", "fake", reason});
  }

  FakeClock clock_;
  RecordedInstruments instruments_;
  MemoryNotificationLog log_;
  FakeReceiver receiver_;
};

TEST_F(DispatcherTest, NotifiesEveryReceiver) {
  FakeReceiver other;
  const auto dispatcher = Start({&receiver_, &other});
  Tell(*dispatcher, FiringAlert("Many"));
  const auto sent = receiver_.AwaitAttempts(1);
  EXPECT_EQ(sent[0].receiver, "ops");
  EXPECT_EQ(sent[0].external_url, "http://hakem:9187");
  EXPECT_EQ(sent[0].reason, NotifyReason::kFirstNotification);
  EXPECT_THAT(other.AwaitAttempts(1), SizeIs(1));
}

TEST_F(DispatcherTest, RetriesWithBackoffUntilDelivered) {
  receiver_.Answer(Unavailable());
  receiver_.Answer(Unavailable());
  const auto dispatcher = Start({&receiver_});
  Tell(*dispatcher, FiringAlert("Many"));
  receiver_.AwaitAttempts(1);
  clock_.AwaitSleepers(1);
  EXPECT_EQ(instruments_.Value("hakem_outbox_pending"), 1);
  clock_.Advance(milliseconds(500));
  receiver_.AwaitAttempts(2);
  clock_.AwaitSleepers(1);
  clock_.Advance(milliseconds(750));
  receiver_.AwaitAttempts(3);
  clock_.AwaitSleepers(1);
  EXPECT_EQ(Delivered(), 1);
  EXPECT_EQ(Failed("serverError"), 2);
  EXPECT_EQ(instruments_.Value("alertmanager_notifications_total", {"fake"}), 3);
  EXPECT_EQ(instruments_.Value("alertmanager_notifications_failed_total", {"fake", "serverError"}),
            2);
  EXPECT_EQ(instruments_.Value("hakem_outbox_pending"), 0);
}

TEST_F(DispatcherTest, WaitsAsLongAsTheReceiverAsks) {
  receiver_.Answer(
      {{ErrorCode::kUnavailable, "slow down"}, FailureReason::kRateLimited, seconds(30)});
  const auto dispatcher = Start({&receiver_});
  Tell(*dispatcher, FiringAlert("Many"));
  receiver_.AwaitAttempts(1);
  clock_.AwaitSleepers(1);
  // Another message does not go out before that time either: it only wakes the sender.
  Tell(*dispatcher, FiringAlert("Low"));
  clock_.AwaitSleepers(1);
  clock_.Advance(seconds(30));
  const auto attempts = receiver_.AwaitAttempts(3);
  EXPECT_EQ(attempts[1].group_labels.Get("alertname"), "Low");
  EXPECT_EQ(attempts[2].group_labels.Get("alertname"), "Many");
  EXPECT_EQ(Failed("rateLimited"), 1);
}

TEST_F(DispatcherTest, GivesUpARejectedMessage) {
  receiver_.Answer({{ErrorCode::kRefused, "no such hook"}, FailureReason::kClientError, {}});
  const auto dispatcher = Start({&receiver_});
  Tell(*dispatcher, FiringAlert("Many"));
  receiver_.AwaitAttempts(1);
  clock_.AwaitSleepers(1);
  clock_.Advance(seconds(120));
  Tell(*dispatcher, Resolved(FiringAlert("Many"), 120));
  const auto attempts = receiver_.AwaitAttempts(2);
  EXPECT_EQ(attempts[1].reason, NotifyReason::kAllAlertsResolved);
  EXPECT_EQ(Failed("clientError"), 1);
  EXPECT_EQ(instruments_.Value("hakem_notifications_given_up_total", {"ops", "fake"}), 1);
}

TEST_F(DispatcherTest, DoesNotWaitForAReceiverThatHangs) {
  FakeReceiver hanging;
  hanging.Hang();
  const auto dispatcher = Start({&hanging, &receiver_});
  Tell(*dispatcher, FiringAlert("Many"));
  hanging.AwaitAttempts(1);
  receiver_.AwaitAttempts(1);
  Tell(*dispatcher, Resolved(FiringAlert("Many"), 5));
  EXPECT_THAT(receiver_.AwaitAttempts(2), SizeIs(2));
  StopWhileOneHangs(*dispatcher);
}

TEST_F(DispatcherTest, SendsWhatIsDueBeforeItStops) {
  const auto dispatcher = Start({&receiver_});
  Tell(*dispatcher, FiringAlert("Many"));
  dispatcher->Stop();
  EXPECT_EQ(Delivered(), 1);
}

TEST_F(DispatcherTest, AbortsADeliveryThatHangsASecondAfterItIsStopped) {
  receiver_.Hang();
  const auto dispatcher = Start({&receiver_});
  Tell(*dispatcher, FiringAlert("Many"));
  receiver_.AwaitAttempts(1);
  StopWhileOneHangs(*dispatcher);
  EXPECT_EQ(Delivered(), 0);
  EXPECT_EQ(Failed("other"), 0);
  EXPECT_EQ(instruments_.Value("hakem_outbox_pending"), 0);
}

TEST_F(DispatcherTest, IgnoresAlertsAfterItStopped) {
  const auto dispatcher = Start({&receiver_});
  dispatcher->Stop();
  Tell(*dispatcher, FiringAlert("Many"));
  EXPECT_THAT(receiver_.AwaitAttempts(0), SizeIs(0));
}

TEST_F(DispatcherTest, HasItsCountersFromTheStart) {
  const auto dispatcher = Start({&receiver_});
  EXPECT_TRUE(instruments_.Has("hakem_notifications_total", {"ops", "fake"}));
  EXPECT_TRUE(instruments_.Has("hakem_notifications_failed_total", {"ops", "fake", "authError"}));
}

TEST_F(DispatcherTest, RepeatsNoMessageAfterARestart) {
  Start({&receiver_})->Receive(std::vector<Alert>{FiringAlert("Many"), FiringAlert("Other")});
  receiver_.AwaitAttempts(2);
  EXPECT_EQ(log_.Count("ops", "fake"), 2U);
  FakeReceiver after;
  const auto dispatcher = Start({&after});
  dispatcher->Receive(std::vector<Alert>{FiringAlert("Many"), Resolved(FiringAlert("Other"), 60)});
  const auto sent = after.AwaitAttempts(1);
  ASSERT_THAT(sent, SizeIs(1));
  EXPECT_EQ(sent[0].group_labels.Get("alertname"), "Other");
  EXPECT_THAT(sent[0].resolved, SizeIs(1));
  dispatcher->Stop();
  EXPECT_THAT(after.AwaitAttempts(1), SizeIs(1)) << "nothing of Many";
  EXPECT_EQ(log_.Count("ops", "fake"), 1U);
}

TEST_F(DispatcherTest, SendsTheEndOfWhatNobodyPassesOnAfterARestart) {
  Start({&receiver_})->Receive(std::vector<Alert>{FiringAlert("Many"), FiringAlert("Other")});
  receiver_.AwaitAttempts(2);
  FakeReceiver after;
  const auto dispatcher = Start({&after});
  Tell(*dispatcher, FiringAlert("Many"));
  dispatcher->EndOthers(At(60));
  const auto sent = after.AwaitAttempts(1);
  EXPECT_EQ(sent[0].group_labels.Get("alertname"), "Other");
  ASSERT_THAT(sent[0].resolved, SizeIs(1));
  EXPECT_EQ(sent[0].resolved[0].ends_at, At(60));
  dispatcher->Stop();
  EXPECT_THAT(after.AwaitAttempts(1), SizeIs(1)) << "nothing of Many";
  EXPECT_EQ(log_.Count("ops", "fake"), 1U);
}

TEST_F(DispatcherTest, SendsAnAlertThatFiredAndEndedWhileTheReceiverWasDown) {
  receiver_.Answer(Unavailable());
  {
    const auto dispatcher = Start({&receiver_});
    Tell(*dispatcher, FiringAlert("Many"));
    receiver_.AwaitAttempts(1);
    clock_.AwaitSleepers(1);
  }
  FakeReceiver after;
  const auto dispatcher = Start({&after});
  Tell(*dispatcher, Resolved(FiringAlert("Many"), 60));
  const auto sent = after.AwaitAttempts(1);
  ASSERT_THAT(sent[0].resolved, SizeIs(1));
  EXPECT_TRUE(sent[0].firing_was_not_sent);
  dispatcher->Stop();
  EXPECT_EQ(log_.Count("ops", "fake"), 0U);
}

}  // namespace
}  // namespace hakem::alertmanager

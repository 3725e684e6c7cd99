#include "alertmanager/delivery_queue.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <array>
#include <string>
#include <vector>

#include "tests/support/alerting/alerts.h"

namespace hakem::alertmanager {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr SteadyTime kStart{};

class DeliveryQueueTest : public testing::Test {
 protected:
  /// The message that is due, which is then delivered.
  Notification Deliver(SteadyTime now = kStart) {
    auto due = delivery_queue_.Next(now);
    if (!due) {
      ADD_FAILURE() << "nothing is due";
      return {};
    }
    delivery_queue_.Delivered(due->message);
    return due->message;
  }

  void Take(std::vector<Alert> alerts, SteadyTime now = kStart) {
    delivery_queue_.Add(alerts, now);
  }

  DeliveryQueue delivery_queue_;
};

TEST_F(DeliveryQueueTest, SendsAFiringAlertOnce) {
  const Alert alert = FiringAlert("Many");
  Take({alert});
  const Notification message = Deliver();
  EXPECT_EQ(message.reason, NotifyReason::kFirstNotification);
  EXPECT_EQ(message.group_labels, (Labels{{"alertname", "Many"}}));
  EXPECT_THAT(message.firing, SizeIs(1));
  Take({alert});
  EXPECT_FALSE(delivery_queue_.Next(kStart));
  EXPECT_EQ(delivery_queue_.pending(), 0U);
}

TEST_F(DeliveryQueueTest, SendsAResolvedAlertOnce) {
  Take({FiringAlert("Many")});
  Deliver();
  const Alert resolved = Resolved(FiringAlert("Many"), 60);
  Take({resolved});
  const Notification message = Deliver();
  EXPECT_EQ(message.reason, NotifyReason::kAllAlertsResolved);
  EXPECT_THAT(message.firing, IsEmpty());
  EXPECT_THAT(message.resolved, SizeIs(1));
  EXPECT_FALSE(message.firing_was_not_sent);
  Take({resolved});
  EXPECT_FALSE(delivery_queue_.Next(kStart));
}

TEST_F(DeliveryQueueTest, PutsAlertsWithTheSameNameIntoOneMessage) {
  Take({FiringAlert("Many", 0, "b"), FiringAlert("Low"), FiringAlert("Many", 0, "a")});
  EXPECT_EQ(delivery_queue_.pending(), 2U);
  EXPECT_THAT(Deliver().firing, SizeIs(1));
  const Notification many = Deliver();
  ASSERT_THAT(many.firing, SizeIs(2));
  EXPECT_EQ(many.firing[0].labels.Get("instance"), "a");
  EXPECT_EQ(many.firing[1].labels.Get("instance"), "b");
}

TEST_F(DeliveryQueueTest, SendsAgainWhenAnAlertJoinsOrIsResolved) {
  Take({FiringAlert("Many", 0, "a")});
  Deliver();
  Take({FiringAlert("Many", 5, "b")});
  const Notification joined = Deliver();
  EXPECT_EQ(joined.reason, NotifyReason::kNewAlertsAdded);
  EXPECT_THAT(joined.firing, SizeIs(2));
  Take({Resolved(FiringAlert("Many", 0, "a"), 10)});
  const Notification left = Deliver();
  EXPECT_EQ(left.reason, NotifyReason::kSomeAlertsResolved);
  EXPECT_THAT(left.firing, SizeIs(1));
  EXPECT_THAT(left.resolved, SizeIs(1));
}

TEST_F(DeliveryQueueTest, SendsAnAlertThatFiresAgainAsNew) {
  Take({FiringAlert("Many", 0)});
  Deliver();
  Take({Resolved(FiringAlert("Many", 0), 10)});
  Deliver();
  Take({FiringAlert("Many", 20)});
  EXPECT_EQ(Deliver().reason, NotifyReason::kFirstNotification);
}

TEST_F(DeliveryQueueTest, ResolvesAnIncidentWhenTheNextOneOfTheAlertBegins) {
  Take({FiringAlert("Many", 0)});
  Deliver();
  Take({FiringAlert("Many", 20)});
  const Notification message = Deliver();
  EXPECT_EQ(message.reason, NotifyReason::kNewAlertsAdded);
  ASSERT_THAT(message.resolved, SizeIs(1));
  EXPECT_EQ(message.resolved[0].ends_at, At(20));
}

TEST_F(DeliveryQueueTest, IgnoresAResolvedAlertThatItNeverSawFiring) {
  Take({Resolved(FiringAlert("Many"), 10)});
  EXPECT_FALSE(delivery_queue_.Next(kStart));
}

TEST_F(DeliveryQueueTest, RetriesAFailedMessageWhenItIsDue) {
  Take({FiringAlert("Many")});
  delivery_queue_.Failed(delivery_queue_.Next(kStart)->message, kStart + seconds(2));
  EXPECT_FALSE(delivery_queue_.Next(kStart + seconds(1)));
  EXPECT_EQ(delivery_queue_.NextAttempt(), kStart + seconds(2));
  const auto again = delivery_queue_.Next(kStart + seconds(2));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->failures, 1);
  EXPECT_EQ(again->message.reason, NotifyReason::kFirstNotification);
}

TEST_F(DeliveryQueueTest, DeliversOtherMessagesWhileOneWaits) {
  Take({FiringAlert("Many")});
  delivery_queue_.Failed(delivery_queue_.Next(kStart)->message, kStart + seconds(60));
  Take({FiringAlert("Low")}, kStart + seconds(1));
  EXPECT_EQ(Deliver(kStart + seconds(1)).group_labels.Get("alertname"), "Low");
}

TEST_F(DeliveryQueueTest, SendsFiringAndResolvedTogetherIfTheFirstFailed) {
  Take({FiringAlert("Many")});
  delivery_queue_.Failed(delivery_queue_.Next(kStart)->message, kStart + seconds(2));
  Take({Resolved(FiringAlert("Many"), 10)}, kStart + seconds(1));
  EXPECT_EQ(delivery_queue_.pending(), 1U);
  const Notification message = Deliver(kStart + seconds(2));
  EXPECT_EQ(message.reason, NotifyReason::kAllAlertsResolved);
  EXPECT_TRUE(message.firing_was_not_sent);
  ASSERT_THAT(message.resolved, SizeIs(1));
  EXPECT_EQ(message.resolved[0].starts_at, At(0));
  EXPECT_EQ(message.resolved[0].ends_at, At(10));
}

TEST_F(DeliveryQueueTest, DoesNotRepeatARejectedMessageButSendsItsResolution) {
  Take({FiringAlert("Many")});
  delivery_queue_.GivenUp(delivery_queue_.Next(kStart)->message);
  Take({FiringAlert("Many")});
  EXPECT_FALSE(delivery_queue_.Next(kStart));
  Take({Resolved(FiringAlert("Many"), 10)});
  EXPECT_TRUE(Deliver().firing_was_not_sent);
}

TEST_F(DeliveryQueueTest, HoldsBackAllMessagesOnRequest) {
  delivery_queue_.HoldUntil(kStart + seconds(30));
  Take({FiringAlert("Many")});
  EXPECT_FALSE(delivery_queue_.Next(kStart + seconds(29)));
  EXPECT_EQ(delivery_queue_.NextAttempt(), kStart + seconds(30));
  EXPECT_TRUE(delivery_queue_.Next(kStart + seconds(30)));
}

TEST_F(DeliveryQueueTest, HasNoNextAttemptWhenNothingWaits) {
  EXPECT_EQ(delivery_queue_.NextAttempt(), std::nullopt);
}

TEST(SmallDeliveryQueueTest, DropsTheOldestResolvedAlertsThatWait) {
  DeliveryQueue queue(/*max_resolved=*/2);
  std::vector<Alert> alerts;
  for (int i = 0; i < 4; ++i) {
    alerts.push_back(FiringAlert("Many", 0, std::to_string(i)));
  }
  EXPECT_EQ(queue.Add(alerts, kStart), 0U);
  for (int i = 0; i < 4; ++i) {
    alerts[static_cast<std::size_t>(i)].ends_at = At(10 + i);
  }
  EXPECT_EQ(queue.Add(alerts, kStart), 2U);
  const auto due = queue.Next(kStart);
  ASSERT_TRUE(due);
  std::vector<std::string> left;
  for (const Alert& alert : due->message.resolved) {
    left.emplace_back(alert.labels.Get("instance"));
  }
  EXPECT_THAT(left, ElementsAre("2", "3"));
}

/// The instances and outcomes of incidents: `a delivered`.
std::vector<std::string> OutcomesOf(const std::vector<NotifiedIncident>& incidents) {
  constexpr std::array kNames{"waiting", "refused", "delivered"};
  std::vector<std::string> outcomes;
  for (const auto& [alert, outcome] : incidents) {
    EXPECT_TRUE(alert.firing());
    EXPECT_EQ(Annotation(alert, "summary"), "Many active games");
    outcomes.push_back(fmt::format("{} {}", alert.labels.Get("instance"),
                                   kNames.at(static_cast<std::size_t>(outcome))));
  }
  return outcomes;
}

TEST_F(DeliveryQueueTest, SaysWhatAReceiverWasNotifiedOf) {
  const Alert many = FiringAlert("Many");
  Take({many});
  DeliveryQueue::Change change = delivery_queue_.GivenUp(delivery_queue_.Next(kStart)->message);
  EXPECT_THAT(OutcomesOf(change.firing), ElementsAre("a refused"));
  Take({FiringAlert("Many", 0, "b")});
  change = delivery_queue_.Delivered(delivery_queue_.Next(kStart)->message);
  EXPECT_THAT(OutcomesOf(change.firing), ElementsAre("a delivered", "b delivered"));
  EXPECT_THAT(change.ended, IsEmpty());
  Take({Resolved(many, 60)});
  change = delivery_queue_.Delivered(delivery_queue_.Next(kStart)->message);
  EXPECT_THAT(change.ended, ElementsAre(IncidentId::Of(many)));
}

TEST_F(DeliveryQueueTest, SaysOnlyWhatHasChanged) {
  Take({FiringAlert("Many", 0, "a"), FiringAlert("Many", 0, "b")});
  Deliver();
  Take({FiringAlert("Many", 0, "c")});
  DeliveryQueue::Change change = delivery_queue_.Delivered(delivery_queue_.Next(kStart)->message);
  EXPECT_THAT(OutcomesOf(change.firing), ElementsAre("c delivered"));
  Take({Resolved(FiringAlert("Many", 0, "a"), 60)});
  change = delivery_queue_.GivenUp(delivery_queue_.Next(kStart)->message);
  EXPECT_THAT(change.firing, IsEmpty());
  EXPECT_THAT(change.ended, SizeIs(1));
}

TEST_F(DeliveryQueueTest, SaysOnceWhatWaits) {
  Take({FiringAlert("Many", 0, "a")});
  EXPECT_THAT(OutcomesOf(delivery_queue_.TakeUnsaved().firing), ElementsAre("a waiting"));
  EXPECT_THAT(delivery_queue_.TakeUnsaved().firing, IsEmpty());
  Take({FiringAlert("Many", 0, "b"), Resolved(FiringAlert("Many", 0, "b"), 60)});
  EXPECT_THAT(OutcomesOf(delivery_queue_.TakeUnsaved().firing), ElementsAre("b waiting"))
      << "as it fired";
  Take({FiringAlert("Many", 0, "c")});
  Deliver();
  EXPECT_THAT(delivery_queue_.TakeUnsaved().firing, IsEmpty());
}

TEST(SmallDeliveryQueueTest, SaysWhatItHasDropped) {
  DeliveryQueue queue(/*max_resolved=*/1);
  const Alert a = FiringAlert("Many", 0, "a");
  const Alert b = FiringAlert("Many", 0, "b");
  queue.Add(std::vector{a, b}, kStart);
  EXPECT_EQ(queue.Add(std::vector{Resolved(a, 10), Resolved(b, 20)}, kStart), 1U);
  const DeliveryQueue::Change change = queue.TakeUnsaved();
  EXPECT_THAT(change.ended, ElementsAre(IncidentId::Of(a)));
  EXPECT_THAT(OutcomesOf(change.firing), ElementsAre("b waiting"));
}

/// A queue after a restart, and what its receiver was notified of before it.
class RestartedDeliveryQueueTest : public DeliveryQueueTest {
 protected:
  void Restart(const std::vector<NotifiedIncident>& before) {
    delivery_queue_ = DeliveryQueue(10, before);
  }

  const Alert many_ = FiringAlert("Many");
};

TEST_F(RestartedDeliveryQueueTest, RepeatsNoMessage) {
  Restart({{many_, Outcome::kDelivered}});
  Take({many_});
  EXPECT_FALSE(delivery_queue_.Next(kStart));
  const Alert other = FiringAlert("Many", 0, "b");
  Take({other});
  EXPECT_EQ(Deliver().reason, NotifyReason::kNewAlertsAdded);
  Take({Resolved(many_, 60), Resolved(other, 60)});
  const Notification message = Deliver();
  EXPECT_THAT(message.resolved, SizeIs(2));
  EXPECT_FALSE(message.firing_was_not_sent);
}

TEST_F(RestartedDeliveryQueueTest, SendsTheEndOfWhatTheReceiverWasNotifiedOf) {
  Restart({{many_, Outcome::kDelivered}});
  Take({Resolved(FiringAlert("Other"), 60), Resolved(many_, 60)});
  const Notification message = Deliver();
  EXPECT_EQ(message.reason, NotifyReason::kAllAlertsResolved);
  EXPECT_THAT(message.resolved, SizeIs(1));
  EXPECT_FALSE(delivery_queue_.Next(kStart)) << "the other one was never sent";
  Take({Resolved(many_, 60)});
  EXPECT_FALSE(delivery_queue_.Next(kStart));
}

TEST_F(RestartedDeliveryQueueTest, EndsWhatNobodyPassesOn) {
  Restart({{many_, Outcome::kDelivered}, {FiringAlert("Low"), Outcome::kRefused}});
  Take({many_});
  EXPECT_EQ(delivery_queue_.EndOthers(At(60), kStart), 0U);
  const auto due = delivery_queue_.Next(kStart);
  ASSERT_TRUE(due);
  ASSERT_THAT(due->message.resolved, SizeIs(1));
  const Alert& low = due->message.resolved[0];
  EXPECT_EQ(low.labels, FiringAlert("Low").labels);
  EXPECT_EQ(low.annotations, FiringAlert("Low").annotations);
  EXPECT_EQ(low.generator_url, FiringAlert("Low").generator_url);
  EXPECT_EQ(low.ends_at, At(60));
  EXPECT_TRUE(due->message.firing_was_not_sent);
  EXPECT_THAT(delivery_queue_.Delivered(due->message).ended, ElementsAre(IncidentId::Of(low)));
  delivery_queue_.EndOthers(At(70), kStart);
  EXPECT_FALSE(delivery_queue_.Next(kStart)) << "Many still fires";
}

TEST_F(RestartedDeliveryQueueTest, EndsAnIncidentWhenTheNextOneOfTheAlertFires) {
  Restart({{many_, Outcome::kDelivered}});
  Take({FiringAlert("Many", 20)});
  delivery_queue_.EndOthers(At(60), kStart);
  const Notification message = Deliver();
  EXPECT_THAT(message.firing, SizeIs(1));
  ASSERT_THAT(message.resolved, SizeIs(1));
  EXPECT_EQ(message.resolved[0].starts_at, At(0));
  EXPECT_EQ(message.resolved[0].ends_at, At(20));
}

TEST_F(RestartedDeliveryQueueTest, SendsWhatStillWaits) {
  Restart({{many_, Outcome::kWaiting}, {FiringAlert("Low"), Outcome::kWaiting}});
  Take({many_, Resolved(FiringAlert("Low"), 60)});
  const Notification low = Deliver();
  EXPECT_EQ(low.reason, NotifyReason::kAllAlertsResolved);
  EXPECT_TRUE(low.firing_was_not_sent) << "as without the restart";
  EXPECT_EQ(Deliver().reason, NotifyReason::kFirstNotification);
}

}  // namespace
}  // namespace hakem::alertmanager

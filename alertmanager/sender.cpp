#include "alertmanager/sender.h"

#include <algorithm>
#include <utility>

#include "alertmanager/backoff.h"
#include "model/contained.h"

namespace hakem::alertmanager {
namespace {

constexpr std::size_t kMaxInbox = 1000;
constexpr std::size_t kMaxResolved = 10'000;
constexpr Duration kLongestHold = std::chrono::hours(1);
constexpr Duration kLongestWait = std::chrono::hours(1);

constexpr std::string_view kByReceiver[] = {"receiver", "integration"};
constexpr std::string_view kByReason[] = {"receiver", "integration", "reason"};
constexpr std::string_view kByIntegration[] = {"integration"};
constexpr std::string_view kByIntegrationAndReason[] = {"integration", "reason"};

constexpr Instrument kDelivered{
    .name = "hakem_notifications_total", .help = "Messages delivered.", .labels = kByReceiver};
constexpr Instrument kFailed{.name = "hakem_notifications_failed_total",
                             .help =
                                 "Attempts to deliver a message that failed, each retry "
                                 "counted, by Alertmanager's reasons.",
                             .labels = kByReason};
constexpr Instrument kGivenUp{
    .name = "hakem_notifications_given_up_total",
    .help = "Messages that are not tried again because the other side refused them.",
    .labels = kByReceiver};
constexpr Instrument kDropped{
    .name = "hakem_notifications_dropped_total",
    .help = "Batches of alerts and ends of alerts dropped because too many waited.",
    .labels = kByReceiver};
constexpr Instrument kPending{.name = "hakem_outbox_pending",
                              .type = MetricType::kGauge,
                              .help = "Messages still to be delivered."};
constexpr Instrument kAttempts{.name = "alertmanager_notifications_total",
                               .help = "Attempts to deliver a message, well or not.",
                               .labels = kByIntegration};
constexpr Instrument kFailedAttempts{
    .name = "alertmanager_notifications_failed_total",
    .help = "Attempts to deliver a message that failed, each retry counted.",
    .labels = kByIntegrationAndReason};

}  // namespace

Sender::Sender(Integration integration, const SenderDeps& deps, std::function<void()> finished)
    : integration_(std::move(integration)),
      deps_(deps),
      finished_(std::move(finished)),
      delivery_queue_(kMaxResolved, LoadNotified()) {
  const auto& [receiver, name, notifier] = integration_;
  for (const Instrument* instrument : {&kDelivered, &kGivenUp, &kDropped}) {
    deps_.instruments.Add(*instrument, {receiver, name}, 0);
  }
  for (const FailureReason reason : kFailureReasons) {
    deps_.instruments.Add(kFailed, {receiver, name, ToString(reason)}, 0);
    deps_.instruments.Add(kFailedAttempts, {name, ToString(reason)}, 0);
  }
  deps_.instruments.Add(kAttempts, {name}, 0);
  deps_.instruments.Add(kPending, {}, 0);
  thread_ = std::jthread([this](const std::stop_token& stop) { Run(stop); });
}

void Sender::Receive(AlertBatch batch) {
  bool dropped = false;
  {
    const MutexLock lock(mutex_);
    inbox_.push_back(std::move(batch));
    if (inbox_.size() > kMaxInbox) {
      inbox_.pop_front();
      others_ended_.reset();  // What is dropped may fire.
      dropped = true;
    }
    wake_.request_stop();
  }
  CountDropped(dropped ? 1 : 0);
}

void Sender::EndOthers(Timestamp now) {
  const MutexLock lock(mutex_);
  others_ended_ = now;
  wake_.request_stop();
}

void Sender::Drain() {
  const MutexLock lock(mutex_);
  draining_ = true;
  wake_.request_stop();
}

void Sender::Run(const std::stop_token& stop) {
  bool running = true;
  while (running) {
    // A bug of ours or no memory: said and counted; this receiver goes on after a while.
    if (!RunContained(deps_.log, "sender failed", [&] { running = Step(stop); })) {
      RunContained(deps_.log, "failure not counted", [&] { CountFailure(FailureReason::kOther); });
      running = deps_.clock.SleepUntil(deps_.clock.SteadyNow() + std::chrono::seconds(1), stop);
    }
  }
  RunContained(deps_.log, "sender not ended well", [this] { ReportEnd(); });
  finished_();
}

void Sender::ReportEnd() {
  if (delivery_queue_.pending() > 0) {
    deps_.log.Warn("stopped with messages undelivered", {{"receiver", integration_.receiver},
                                                         {"integration", integration_.name},
                                                         {"messages", delivery_queue_.pending()}});
  }
  SaveNotified(delivery_queue_.TakeUnsaved());
  delivery_queue_ = DeliveryQueue();
  ReportPending();
}

/// Does the next thing; false when the thread is to end.
bool Sender::Step(const std::stop_token& stop) {
  const bool draining = TakeInbox();
  if (stop.stop_requested()) {
    return false;
  }
  if (auto due = delivery_queue_.Next(deps_.clock.SteadyNow())) {
    due->message.receiver = integration_.receiver;
    due->message.external_url = deps_.external_url;
    Attempt(*due, stop);
    ReportPending();
    return true;
  }
  if (!draining) {
    SaveNotified(delivery_queue_.TakeUnsaved());  // Only what cannot be delivered at once.
    Wait(stop);
  }
  return !draining;
}

/// Moves what was received into the delivery queue. Returns whether the sender is to drain.
bool Sender::TakeInbox() {
  std::deque<AlertBatch> batches;
  std::optional<Timestamp> others_ended;
  bool draining = false;
  {
    const MutexLock lock(mutex_);
    batches.swap(inbox_);
    others_ended.swap(others_ended_);
    draining = draining_;
  }
  for (const AlertBatch& batch : batches) {
    CountDropped(delivery_queue_.Add(*batch, deps_.clock.SteadyNow()));
  }
  if (others_ended) {
    CountDropped(delivery_queue_.EndOthers(*others_ended, deps_.clock.SteadyNow()));
  }
  ReportPending();
  return draining;
}

/// Until something is received, an attempt is due, or the sender is to drain or stop.
void Sender::Wait(const std::stop_token& stop) {
  std::stop_token wake;
  {
    const MutexLock lock(mutex_);
    if (!inbox_.empty() || others_ended_ || draining_) {
      return;
    }
    wake_ = std::stop_source();
    wake = wake_.get_token();
  }
  const std::stop_callback wake_on_stop(stop, [this] {
    const MutexLock lock(mutex_);
    wake_.request_stop();
  });
  deps_.clock.SleepUntil(
      delivery_queue_.NextAttempt().value_or(deps_.clock.SteadyNow() + kLongestWait), wake);
}

void Sender::Attempt(const DeliveryQueue::Due& due, const std::stop_token& stop) {
  const auto& [receiver, name, notifier] = integration_;
  const Delivery delivery = notifier->Notify(due.message, stop);
  if (!delivery && stop.stop_requested()) {
    return;
  }
  deps_.instruments.Add(kAttempts, {name});
  if (delivery) {
    OnDelivered(due);
  } else {
    OnFailed(due, delivery.error());
  }
}

void Sender::OnDelivered(const DeliveryQueue::Due& due) {
  SaveNotified(delivery_queue_.Delivered(due.message));
  deps_.instruments.Add(kDelivered, {integration_.receiver, integration_.name});
  deps_.log.Info("notification delivered",
                 {{"receiver", integration_.receiver},
                  {"integration", integration_.name},
                  {"alertname", due.message.group_labels.Get("alertname")},
                  {"reason", ToString(due.message.reason)},
                  {"firing", due.message.firing.size()},
                  {"resolved", due.message.resolved.size()},
                  {"attempts", due.failures + 1}});
}

void Sender::OnFailed(const DeliveryQueue::Due& due, const DeliveryFailure& failure) {
  const auto& [receiver, name, notifier] = integration_;
  const std::string_view reason = ToString(failure.reason);
  const std::string_view alertname = due.message.group_labels.Get("alertname");
  CountFailure(failure.reason);
  if (!failure.may_retry()) {
    SaveNotified(delivery_queue_.GivenUp(due.message));
    deps_.instruments.Add(kGivenUp, {receiver, name});
    deps_.log.Error("notification refused, not tried again", {{"receiver", receiver},
                                                              {"integration", name},
                                                              {"alertname", alertname},
                                                              {"reason", reason},
                                                              {"error", failure.error.message}});
    return;
  }
  const SteadyTime now = deps_.clock.SteadyNow();
  Duration delay = RetryDelay(due.failures + 1, deps_.random());
  if (failure.retry_after) {
    const Duration hold = std::min(*failure.retry_after, kLongestHold);
    delay = std::max(delay, hold);
    delivery_queue_.HoldUntil(now + hold);
  }
  delivery_queue_.Failed(due.message, now + delay);
  if (due.failures == 0) {
    deps_.log.Warn("notification failed, trying again", {{"receiver", receiver},
                                                         {"integration", name},
                                                         {"alertname", alertname},
                                                         {"reason", reason},
                                                         {"error", failure.error.message},
                                                         {"retry_seconds", ToSeconds(delay)}});
  }
}

std::vector<NotifiedIncident> Sender::LoadNotified() const {
  if (deps_.notification_log == nullptr) {
    return {};
  }
  auto loaded = deps_.notification_log->Load(integration_.receiver, integration_.name);
  if (!loaded) {
    deps_.log.Error("cannot load what a receiver was notified of: it is notified again",
                    {{"receiver", integration_.receiver},
                     {"integration", integration_.name},
                     {"error", loaded.error().message}});
  }
  return std::move(loaded).value_or(std::vector<NotifiedIncident>());
}

void Sender::SaveNotified(const DeliveryQueue::Change& change) {
  if (deps_.notification_log == nullptr || (change.firing.empty() && change.ended.empty())) {
    return;
  }
  const Result<void> saved = deps_.notification_log->Save(integration_.receiver, integration_.name,
                                                          change.firing, change.ended);
  if (!saved) {
    deps_.log.Warn("a notification was not saved: a restart would repeat it",
                   {{"receiver", integration_.receiver},
                    {"integration", integration_.name},
                    {"error", saved.error().message}});
  }
}

void Sender::CountFailure(FailureReason reason) {
  const auto& [receiver, name, notifier] = integration_;
  deps_.instruments.Add(kFailed, {receiver, name, ToString(reason)});
  deps_.instruments.Add(kFailedAttempts, {name, ToString(reason)});
}

void Sender::CountDropped(std::size_t count) {
  if (count > 0) {
    deps_.instruments.Add(kDropped, {integration_.receiver, integration_.name},
                          static_cast<double>(count));
  }
}

/// The gauge is the sum over all senders: each adds what its own share changed by.
void Sender::ReportPending() {
  const std::size_t pending = delivery_queue_.pending();
  if (pending != reported_pending_) {
    deps_.instruments.Add(kPending, {},
                          static_cast<double>(pending) - static_cast<double>(reported_pending_));
    reported_pending_ = pending;
  }
}

}  // namespace hakem::alertmanager

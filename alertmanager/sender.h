#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "alertmanager/delivery_queue.h"
#include "alertmanager/notification_log.h"
#include "alertmanager/notify/notifier.h"
#include "model/alert.h"
#include "model/clock.h"
#include "model/instruments.h"
#include "model/log.h"
#include "model/mutex.h"
#include "model/time.h"

namespace hakem::alertmanager {

/// What senders use; outlives them.
struct SenderDeps {
  const Clock& clock;
  Instruments& instruments;
  Logger log;
  std::string external_url;
  std::function<double()> random;               ///< In [0, 1), for retry delays. Thread-safe.
  NotificationLog* notification_log = nullptr;  ///< Null: a restart repeats notifications.
};

/// The alerts of one evaluation, shared by all senders.
using AlertBatch = std::shared_ptr<const std::vector<Alert>>;

/// Notifies through one integration, on its own thread: waits for alerts, delivers the
/// notifications that are due, retries with backoff. Public functions are thread-safe.
class Sender {
 public:
  /// Starts the thread. `finished` is called once, from that thread, just before it ends.
  Sender(Integration integration, const SenderDeps& deps, std::function<void()> finished);

  /// Aborts a running delivery and waits for the thread.
  ~Sender() = default;

  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  /// Queues alerts; does not wait for a delivery. If more than 1000 batches wait, the oldest is
  /// dropped and counted.
  void Receive(AlertBatch batch);

  /// Says that all alerts of before a restart were received. Others that this receiver was notified
  /// of ended at `now`; does not wait for a delivery.
  void EndOthers(Timestamp now);

  /// Makes the thread try once to deliver what is due now, then end. Does not wait.
  void Drain();

  /// Aborts a running delivery and makes the thread end; does not wait for it.
  void Abort() { thread_.request_stop(); }

 private:
  void Run(const std::stop_token& stop);
  void ReportEnd();
  bool Step(const std::stop_token& stop);
  bool TakeInbox();
  void Wait(const std::stop_token& stop);
  void Attempt(const DeliveryQueue::Due& due, const std::stop_token& stop);
  void OnDelivered(const DeliveryQueue::Due& due);
  void OnFailed(const DeliveryQueue::Due& due, const DeliveryFailure& failure);
  std::vector<NotifiedIncident> LoadNotified() const;
  void SaveNotified(const DeliveryQueue::Change& change);
  void CountFailure(FailureReason reason);
  void CountDropped(std::size_t count);
  void ReportPending();

  // Constant after construction.
  const Integration integration_;
  const SenderDeps deps_;
  const std::function<void()> finished_;

  // Used by the sender's thread alone.
  DeliveryQueue delivery_queue_;
  std::size_t reported_pending_ = 0;

  Mutex mutex_;
  std::deque<AlertBatch> inbox_ GUARDED_BY(mutex_);
  std::optional<Timestamp> others_ended_ GUARDED_BY(mutex_);  ///< EndOthers is to be done.
  bool draining_ GUARDED_BY(mutex_) = false;
  std::stop_source wake_ GUARDED_BY(mutex_);  ///< Ends the current wait.

  std::jthread thread_;  // The last member: it uses all others.
};

}  // namespace hakem::alertmanager

#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "alertmanager/delivery_queue.h"
#include "alertmanager/notify/notifier.h"
#include "model/alert.h"
#include "model/clock.h"
#include "model/instruments.h"
#include "model/log.h"
#include "model/mutex.h"

namespace hakem::alertmanager {

/// What senders need; outlives them.
struct SenderDeps {
  const Clock& clock;
  Instruments& instruments;
  Logger log;
  std::string external_url;
  std::function<double()> random;  ///< In [0, 1); spreads retries. Called by several threads.
};

/// What one evaluation told, shared by all senders.
using AlertBatch = std::shared_ptr<const std::vector<Alert>>;

/// Tells one integration, with one thread of its own: waits for alerts, delivers what its outbox
/// has due, retries with backoff. Public functions are thread-safe.
class Sender {
 public:
  /// Starts the thread. `finished` is called once, by that thread, as the last thing it does.
  Sender(Integration integration, const SenderDeps& deps, std::function<void()> finished);

  /// Aborts a delivery under way and waits for the thread.
  ~Sender() = default;

  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  /// Hands alerts over; never waits for a delivery. Of more than 1000 batches the oldest is dropped
  /// and counted.
  void Receive(AlertBatch batch);

  /// Asks the thread to try once what is due now, then to end.
  void Drain();

  /// Aborts a delivery under way and makes the thread end; does not wait for it.
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
  void CountFailure(FailureReason reason);
  void CountDropped(std::size_t batches_or_ends);
  void ReportPending();

  // Constant after construction.
  const Integration integration_;
  const SenderDeps deps_;
  const std::function<void()> finished_;

  // Touched by the sender's thread alone.
  DeliveryQueue delivery_queue_;
  std::size_t reported_pending_ = 0;

  Mutex mutex_;
  std::deque<AlertBatch> inbox_ GUARDED_BY(mutex_);
  bool draining_ GUARDED_BY(mutex_) = false;
  std::stop_source wake_ GUARDED_BY(mutex_);  ///< Ends the present wait.

  std::jthread thread_;  // The last member: it uses all others.
};

}  // namespace hakem::alertmanager

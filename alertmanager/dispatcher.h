#pragma once

#include <atomic>
#include <memory>
#include <span>
#include <stop_token>
#include <vector>

#include "alertmanager/sender.h"
#include "model/time.h"

namespace hakem::alertmanager {

/// Receives alerts from the rules and notifies every receiver when one begins to fire and when it
/// is resolved. Receivers do not wait for each other. Thread-safe.
class Dispatcher {
 public:
  /// Starts one thread for each integration.
  Dispatcher(std::vector<Integration> integrations, const SenderDeps& deps);

  /// Calls Stop.
  ~Dispatcher();

  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;

  /// The AlertSink. The same alert may come again at every evaluation. Never blocks.
  void Receive(std::span<const Alert> alerts);

  /// Says that all alerts of before a restart were received: each receiver learns that the others
  /// it was notified of ended at `now`. Never blocks.
  void EndOthers(Timestamp now);

  /// Lets the senders try once, within a second, to deliver what is due; then aborts what is still
  /// running and ends them. Alerts that come later are ignored.
  void Stop();

 private:
  void OnSenderFinished();

  const Clock& clock_;
  std::atomic<std::size_t> running_;
  std::stop_source all_finished_;

  Mutex mutex_;
  std::vector<std::unique_ptr<Sender>> senders_ GUARDED_BY(mutex_);
};

}  // namespace hakem::alertmanager

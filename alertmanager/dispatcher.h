#pragma once

#include <atomic>
#include <memory>
#include <span>
#include <stop_token>
#include <vector>

#include "alertmanager/sender.h"

namespace hakem::alertmanager {

/// Takes alerts from the rules and has every receiver told of each one that begins to fire and of
/// its end. Receivers do not wait for each other. Thread-safe.
class Dispatcher {
 public:
  /// Starts one thread for each integration.
  Dispatcher(std::vector<Integration> integrations, const SenderDeps& deps);

  /// Stops.
  ~Dispatcher();

  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;

  /// The AlertSink: may be told the same alert again at every evaluation. Never blocks.
  void Receive(std::span<const Alert> alerts);

  /// Lets the senders try once, within a second, what is due; then ends them, aborting what is
  /// under way. What comes later is not taken.
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

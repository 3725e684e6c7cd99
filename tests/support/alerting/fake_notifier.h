#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "alertmanager/notify/notifier.h"
#include "model/mutex.h"

namespace hakem::alertmanager {

/// The notifications that a FakeNotifier got, and its results: shared by the test and the sender's
/// thread.
class FakeReceiver {
 public:
  /// Sets the results of the next attempts; later ones succeed.
  void Answer(DeliveryFailure failure) {
    const MutexLock lock(mutex_);
    failures_.push_back(std::move(failure));
  }

  /// From now on attempts block until they are stopped.
  void Hang() {
    const MutexLock lock(mutex_);
    hangs_ = true;
  }

  /// Waits for that many attempts and returns their notifications.
  std::vector<Notification> AwaitAttempts(std::size_t count) {
    MutexLock lock(mutex_);
    changed_.wait(lock, [&]() REQUIRES(mutex_) { return attempts_.size() >= count; });
    return attempts_;
  }

 private:
  friend class FakeNotifier;

  Delivery Attempt(const Notification& notification, const std::stop_token& stop) {
    MutexLock lock(mutex_);
    attempts_.push_back(notification);
    changed_.notify_all();
    if (hangs_) {
      changed_.wait(lock, stop, [] { return false; });
      return NoAnswer({ErrorCode::kUnavailable, "stopped"});
    }
    if (failures_.empty()) {
      return {};
    }
    DeliveryFailure failure = std::move(failures_.front());
    failures_.pop_front();
    return Fail(std::move(failure));
  }

  Mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<DeliveryFailure> failures_ GUARDED_BY(mutex_);
  std::vector<Notification> attempts_ GUARDED_BY(mutex_);
  bool hangs_ GUARDED_BY(mutex_) = false;
};

class FakeNotifier final : public Notifier {
 public:
  explicit FakeNotifier(FakeReceiver& receiver) : receiver_(receiver) {}

  Delivery Notify(const Notification& notification, const std::stop_token& stop) override {
    return receiver_.Attempt(notification, stop);
  }

 private:
  FakeReceiver& receiver_;
};

}  // namespace hakem::alertmanager

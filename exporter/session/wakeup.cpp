#include "exporter/session/wakeup.h"

#include <utility>

namespace hakem::exporter {

void Wakeup::SleepUntil(const Clock& clock, SteadyTime deadline, const std::stop_token& stop) {
  std::stop_source sleep;
  {
    const MutexLock lock(mutex_);
    if (std::exchange(woken_, false)) {
      return;
    }
    sleep_ = sleep;
  }
  {
    const std::stop_callback forward(stop, [&] { sleep.request_stop(); });
    clock.SleepUntil(deadline, sleep.get_token());
  }
  const MutexLock lock(mutex_);
  sleep_ = std::stop_source(std::nostopstate);
  woken_ = false;  // This return serves all calls of Wake during the sleep.
}

void Wakeup::Wake() {
  std::stop_source sleep = [this] {
    const MutexLock lock(mutex_);
    woken_ = true;
    return sleep_;
  }();
  sleep.request_stop();  // Without the lock, because it runs callbacks.
}

}  // namespace hakem::exporter

#include "model/clock.h"

#include <condition_variable>
#include <mutex>

namespace hakem {
namespace {

class MachineClock final : public Clock {
 public:
  Timestamp Now() const override {
    return std::chrono::floor<Duration>(std::chrono::system_clock::now());
  }

  SteadyTime SteadyNow() const override { return std::chrono::steady_clock::now(); }

  bool SleepUntil(SteadyTime deadline, const std::stop_token& stop) const override {
    // condition_variable_any would wait the same way but allocate; this works without free memory.
    std::mutex mutex;
    std::condition_variable wake;
    const std::stop_callback wake_on_stop(stop, [&] {
      const std::lock_guard lock(mutex);
      wake.notify_all();
    });
    std::unique_lock lock(mutex);
    wake.wait_until(lock, deadline, [&] { return stop.stop_requested(); });
    return !stop.stop_requested();
  }
};

}  // namespace

const Clock& SystemClock() {
  static const MachineClock clock;
  return clock;
}

}  // namespace hakem

#include "tests/support/fake_clock.h"

namespace hakem {

Timestamp FakeClock::Now() const {
  const MutexLock lock(mutex_);
  return std::chrono::sys_days(std::chrono::year(2026) / 1 / 1) + elapsed_ + stepped_;
}

SteadyTime FakeClock::SteadyNow() const {
  const MutexLock lock(mutex_);
  return SteadyTime{} + elapsed_;
}

bool FakeClock::SleepUntil(SteadyTime deadline, const std::stop_token& stop) const {
  MutexLock lock(mutex_);
  ++sleepers_;
  moved_.notify_all();
  moved_.wait(lock, stop, [&]() REQUIRES(mutex_) { return SteadyTime{} + elapsed_ >= deadline; });
  --sleepers_;
  return !stop.stop_requested();
}

void FakeClock::AwaitSleepers(int count) const {
  MutexLock lock(mutex_);
  moved_.wait(lock, [&]() REQUIRES(mutex_) { return sleepers_ >= count; });
}

void FakeClock::Advance(Duration by) {
  const MutexLock lock(mutex_);
  elapsed_ += by;
  moved_.notify_all();
}

void FakeClock::Step(Duration by) {
  const MutexLock lock(mutex_);
  stepped_ += by;
}

}  // namespace hakem

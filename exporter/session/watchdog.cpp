#include "exporter/session/watchdog.h"

#include <sys/socket.h>

#include <algorithm>
#include <exception>

namespace hakem::exporter {
namespace {

/// How long the thread sleeps while there is nothing to watch.
constexpr Duration kIdle = std::chrono::hours(1);

/// How long it sleeps if it cannot be woken.
constexpr Duration kWithoutMemory = std::chrono::milliseconds(100);

}  // namespace

Watchdog::Watchdog(const Clock& clock)
    : clock_(clock), thread_([this](const std::stop_token& stop) { Run(stop); }) {}

void Watchdog::Run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const SteadyTime next = CutOverdue();
    try {
      wakeup_.SleepUntil(clock_, next, stop);
    } catch (const std::exception&) {  // There is no memory for the sleep that Wake can end.
      clock_.SleepUntil(std::min(next, clock_.SteadyNow() + kWithoutMemory), stop);
    }
  }
}

SteadyTime Watchdog::CutOverdue() {
  const SteadyTime now = clock_.SteadyNow();
  SteadyTime next = now + kIdle;
  const MutexLock lock(mutex_);
  for (Entry& entry : entries_) {
    if (!entry.cut && entry.deadline <= now) {
      shutdown(entry.fd, SHUT_RDWR);
      entry.cut = true;
    } else if (!entry.cut) {
      next = std::min(next, entry.deadline);
    }
  }
  return next;
}

void Watchdog::Watch::Cut::operator()() const {
  shutdown(fd, SHUT_RDWR);
}

Watchdog::Watch::Watch(Watchdog& watchdog, int fd, SteadyTime deadline, const std::stop_token& stop)
    : watchdog_(watchdog),
      entry_([&] {
        const MutexLock lock(watchdog.mutex_);
        return watchdog.entries_.insert(watchdog.entries_.end(), Entry{fd, deadline});
      }()),
      stop_(stop, Cut{fd}) {
  watchdog_.wakeup_.Wake();
}

Watchdog::Watch::~Watch() {
  const MutexLock lock(watchdog_.mutex_);
  watchdog_.entries_.erase(entry_);
}

bool Watchdog::Watch::expired() const {
  const MutexLock lock(watchdog_.mutex_);
  return entry_->cut;
}

}  // namespace hakem::exporter

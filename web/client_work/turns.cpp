#include "web/client_work/turns.h"

#include <sched.h>

#include <algorithm>

namespace hakem::web {

/// Waits for a place. Returns false if there was one at once.
bool Turns::Wait() {
  MutexLock lock(mutex_);
  if (running_ < at_once_) {
    ++running_;
    return false;
  }
  Waiter self;
  waiting_.push_back(&self);
  self.woken.wait(lock, [&self] { return self.may_go; });
  return true;
}

void Turns::End() {
  const MutexLock lock(mutex_);
  if (!HandOn()) {
    --running_;
  }
}

/// Passes the turn to the thread that has waited longest. False when none waits.
bool Turns::HandOn() {
  if (waiting_.empty()) {
    return false;
  }
  Waiter& next = *waiting_.front();
  waiting_.pop_front();
  next.may_go = true;
  next.woken.notify_one();
  return true;
}

void Turns::Turn::Share() {
  if (turns_.clock_.SteadyNow() - began_ < kSlice) {
    return;
  }
  turns_.End();
  turns_.Wait();
  began_ = turns_.clock_.SteadyNow();
}

std::size_t Turns::Processors() {
  cpu_set_t processors;
  if (sched_getaffinity(0, sizeof(processors), &processors) != 0) {
    return 1;
  }
  return static_cast<std::size_t>(std::max(CPU_COUNT(&processors), 1));
}

}  // namespace hakem::web

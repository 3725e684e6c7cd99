#include "web/client_work/query_gate.h"

#include <fmt/format.h>

#include <algorithm>

namespace hakem::web {

namespace {

/// How often a waiting query checks whether its client has gone.
constexpr Duration kLookEvery = std::chrono::milliseconds(100);

}  // namespace

Result<QueryGate::Pass> QueryGate::Enter(Duration limit, const std::stop_token& stop,
                                         const std::function<bool()>& gone) {
  MutexLock lock(mutex_);
  if (running_ < concurrency_) {
    ++running_;
    return Pass(*this);
  }
  if (waiting_.size() >= most_waiting_) {
    return Fail(ErrorCode::kUnavailable, fmt::format("{} queries run and {} wait: try again later",
                                                     concurrency_, most_waiting_));
  }
  const auto self = waiting_.emplace(waiting_.end());
  const auto admitted = [&] { return self->admitted; };
  bool given_up = false;
  for (Duration left = limit; !self->admitted && !given_up && left > Duration(0);
       left -= kLookEvery) {
    lock.unlock();  // `gone` may call the system, and others must not wait for that.
    given_up = stop.stop_requested() || (gone && gone());
    lock.lock();
    if (!given_up) {
      self->admission.wait_for(lock, stop, std::min(left, kLookEvery), admitted);
    }
  }
  if (self->admitted) {
    waiting_.erase(self);
    return Pass(*this);
  }
  waiting_.erase(self);
  return given_up ? Fail(ErrorCode::kUnavailable, "query was canceled in query queue")
                  : Fail(ErrorCode::kTimeout, "query timed out in query queue");
}

void QueryGate::Leave() {
  const MutexLock lock(mutex_);
  const auto next = std::find_if(waiting_.begin(), waiting_.end(),
                                 [](const Waiter& waiter) { return !waiter.admitted; });
  if (next == waiting_.end()) {
    --running_;
    return;
  }
  next->admitted = true;
  next->admission.notify_one();
}

}  // namespace hakem::web

#include "web/prometheus_api/query/query_gate.h"

#include <fmt/format.h>

#include <algorithm>

namespace hakem::web {

namespace {

/// How long a place in the queue is kept for a client that has gone.
constexpr Duration kLookEvery = std::chrono::milliseconds(100);

}  // namespace

Result<QueryGate::Pass> QueryGate::Enter(Duration limit, const std::stop_token& stop,
                                         const std::function<bool()>& gone) {
  MutexLock lock(mutex_);
  if (running_ >= concurrency_) {
    if (waiting_ >= concurrency_) {
      return Fail(ErrorCode::kUnavailable,
                  fmt::format("{} queries run and as many wait: try again later", concurrency_));
    }
    ++waiting_;
    bool admitted = false;
    bool given_up = false;
    for (Duration left = limit; !admitted && !given_up && left > Duration(0); left -= kLookEvery) {
      admitted = left_.wait_for(lock, stop, std::min(left, kLookEvery),
                                [this] { return running_ < concurrency_; });
      given_up = !admitted && (stop.stop_requested() || (gone && gone()));
    }
    --waiting_;
    if (!admitted) {
      return given_up ? Fail(ErrorCode::kUnavailable, "query was canceled in query queue")
                      : Fail(ErrorCode::kTimeout, "query timed out in query queue");
    }
  }
  ++running_;
  return Pass(*this);
}

void QueryGate::Leave() {
  {
    const MutexLock lock(mutex_);
    --running_;
  }
  left_.notify_one();
}

}  // namespace hakem::web

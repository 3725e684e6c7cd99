#include "web/prometheus_api/query/query_gate.h"

#include <fmt/format.h>

namespace hakem::web {

Result<QueryGate::Pass> QueryGate::Enter(Duration limit, const std::stop_token& stop) {
  MutexLock lock(mutex_);
  if (running_ >= concurrency_) {
    if (waiting_ >= concurrency_) {
      return Fail(ErrorCode::kUnavailable,
                  fmt::format("{} queries run and as many wait: try again later", concurrency_));
    }
    ++waiting_;
    const bool admitted =
        left_.wait_for(lock, stop, limit, [this] { return running_ < concurrency_; });
    --waiting_;
    if (!admitted) {
      return stop.stop_requested()
                 ? Fail(ErrorCode::kUnavailable, "query was canceled in query queue")
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
